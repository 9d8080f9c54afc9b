#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/log.hpp"
#include "http/server/reply.hpp"
#include "http/server/server_options.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::http {

/// TCP and Unix connections alike, so that what serves them is compiled twice (plain, TLS) and not
/// three times.
using socket_type = asio::generic::stream_protocol::socket;

/// One connection; on the server's list for as long as it lives.
struct served_connection {
    explicit served_connection(socket_type socket) : socket(std::move(socket)) {}

    static constexpr std::size_t first_bytes = 8u << 10u;

    socket_type socket;
    std::string peer;
    asio::cancellation_signal cancellation;
    time_point deadline = time_point::max();
    bool idle = false;                         // Between two requests.
    bool in_head = false;                      // Its request has begun, and its head has not ended.
    bool waits = true;                         // For the client, to send or to take bytes.
    time_point began_at = real_clock().now();  // The request, or the wait for it.
    std::vector<char> buffer = std::vector<char>(first_bytes);
    std::size_t begin = 0;
    std::size_t end = 0;

    void expires_after(duration time) { deadline = real_clock().now() + time; }
    void close() {
        boost::system::error_code ignored;
        socket.close(ignored);
    }
    void break_off() {
        boost::system::error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        socket.close(ignored);
    }
    // Room at the end of the buffer for the next read.
    asio::mutable_buffer room() {
        if (begin == end) begin = end = 0;
        if (end == buffer.size() && begin > 0) {
            std::copy(buffer.begin() + begin, buffer.begin() + end, buffer.begin());
            end -= begin;
            begin = 0;
        }
        if (end == buffer.size()) buffer.resize(buffer.size() * 2);
        return {buffer.data() + end, buffer.size() - end};
    }
};

/// Shared with the connections, whose frames may be destroyed after the server itself when an
/// io_context goes down with work left in it.
struct server_state {
    server_state(asio::any_io_executor executor, server_options o, handler h, logger& log)
        : executor(executor),
          options(std::move(o)),
          handle(std::move(h)),
          log(log),
          changed(executor) {}

    asio::any_io_executor executor;
    server_options options;
    handler handle;
    logger& log;
    std::optional<asio::ssl::context> tls;
    std::list<served_connection*> connections;
    event changed;
    std::uint64_t accepted = 0;
    bool ending = false;

    bool full() const { return connections.size() >= options.max_connections; }
};

using state_pointer = std::shared_ptr<server_state>;

/// Serves an accepted connection until it ends; it is on the server's list meanwhile.
void start_serving(const state_pointer& state, socket_type socket, std::string peer);

}  // namespace kustodrop::http
