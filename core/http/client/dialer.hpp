#pragma once

#include "async/clock.hpp"
#include "base/result.hpp"
#include "http/client/connection.hpp"
#include "http/client/probe_step.hpp"
#include "http/client/transport_options.hpp"
#include "http/url.hpp"

#include <memory>
#include <vector>

namespace kustodrop::http {

/// Opens connections: name, TCP, the way through a proxy, TLS.
class dialer {
public:
    /// Throws unusable_options if the CA file or the proxy is of no use.
    dialer(asio::any_io_executor executor, transport_options options, clock& clock);
    ~dialer();

    /// Each phase has `limit`, all of them end by `end`.
    asio::awaitable<result<std::unique_ptr<connection>>> open(
        url target, duration limit, time_point end
    );

    asio::awaitable<std::vector<probe_step>> probe(url target);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
