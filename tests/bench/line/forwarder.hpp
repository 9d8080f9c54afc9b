#pragma once

#include "async/clock.hpp"
#include "line/line_shape.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kustodrop::bench {

struct line_ends {
    std::string listen = "127.0.0.2";
    std::string to = "127.0.0.1";
    std::vector<std::uint16_t> ports = {};  // The same at both ends.
};

struct line_totals {
    std::uint64_t connections = 0;
    std::uint64_t bytes_there = 0;
    std::uint64_t bytes_back = 0;
};

/// Carries TCP connections from one address to another as a line of this shape does.
class forwarder {
public:
    forwarder(asio::any_io_executor executor, clock& time, line_shape shape, line_ends ends);

    /// Listens on every port and returns; throws where it cannot.
    void start();

    /// Prints each stall when it has ended: "stall BEGIN END", in seconds of the steady clock.
    asio::awaitable<void> report_stalls();

    const line_totals& totals() const { return totals_; }

private:
    struct path;
    struct connection;

    asio::awaitable<void> accept(std::uint16_t port);
    asio::awaitable<void> serve(asio::ip::tcp::socket near, std::uint16_t port);
    asio::awaitable<void> take(std::shared_ptr<connection> of, path& along);
    asio::awaitable<void> give(std::shared_ptr<connection> of, path& along);
    duration now() const { return time_.now() - begun_; }

    asio::any_io_executor executor_;
    clock& time_;
    time_point begun_;
    line_shape shape_;
    line_ends ends_;
    line_way there_;
    line_way back_;
    line_totals totals_;
    std::uint64_t pieces_ = 0;
};

}  // namespace kustodrop::bench
