#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "http/server/reply.hpp"
#include "http/server/server_options.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace kustodrop::http {

/// A small HTTP/1.1 server: the daemon's admin sockets and the emulator stand on it.
class server {
public:
    /// Binds and listens at once; throws std::system_error with the address in its message.
    server(asio::any_io_executor executor, server_options options, handler handle, logger& log);
    ~server();

    std::uint16_t port() const;  ///< The port in use; 0 for a Unix socket.

    std::uint64_t connections_accepted() const;

    /// Serves until cancelled, then closes every connection.
    asio::awaitable<void> run();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
