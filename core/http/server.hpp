#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kustodrop::http {

/// A request as a server sees it.
struct incoming {
    verb method = verb::get;
    std::string target;  // Path and query as they came, in origin form.
    http::headers headers;
    std::string body;
    std::string peer;  // "127.0.0.1", or "uid=1000 gid=1000 pid=77" on a Unix socket.
};

/// What a server does with one request.
struct reply {
    response answer;
    bool reset = false;  // Break the connection (RST) instead of answering.
};

using handler = std::function<asio::awaitable<reply>(incoming)>;

struct server_options {
    std::string address = "127.0.0.1";  // An IP address; ignored when unix_path is set.
    std::uint16_t port = 0;             // 0: the system chooses, see server::port().
    std::string unix_path = {};         // A Unix socket, mode 0660, replacing a stale one.
    std::string certificate_pem = {};   // With the key: speaks TLS (1.2 or better).
    std::string private_key_pem = {};
    std::size_t max_body_bytes = 64u << 20u;
    std::size_t max_connections = 1024;
    duration idle_timeout = std::chrono::seconds(75);
};

/// A small HTTP/1.1 server: the daemon's admin sockets and the emulator stand on it.
class server {
public:
    /// Binds and listens at once; throws std::system_error with the address in its words.
    server(asio::any_io_executor executor, server_options options, handler handle, logger& log);
    ~server();

    std::uint16_t port() const;  ///< The port in use; 0 for a Unix socket.

    /// Serves until cancelled, then closes every connection.
    asio::awaitable<void> run();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
