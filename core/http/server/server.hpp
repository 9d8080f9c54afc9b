#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kustodrop::http {

/// A body too large for memory, in a file of its own. Removed with it unless moved away.
struct spooled_body {
    std::filesystem::path path;
    std::uint64_t bytes = 0;

    ~spooled_body();
};

/// A request as a server sees it.
struct incoming {
    verb method = verb::get;
    std::string target;  // Path and query as they came, in origin form.
    http::headers headers;
    std::string body;
    std::shared_ptr<spooled_body> spooled = {};  // Instead of `body`, see server_options.
    std::string peer;  // "127.0.0.1", or "uid=1000 gid=1000 pid=77" on a Unix socket.
};

/// A part of a file, sent piece by piece.
struct file_part {
    std::filesystem::path path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// What a server does with one request.
struct reply {
    response answer;
    bool reset = false;                  // Break the connection (RST) instead of answering.
    duration stall{};                    // Say nothing until the client hangs up, or for this long.
    std::optional<file_part> file = {};  // The body, instead of answer.body.
};

using handler = std::function<asio::awaitable<reply>(incoming)>;

struct server_options {
    std::string address = "127.0.0.1";  // An IP address; ignored when unix_path is set.
    std::uint16_t port = 0;             // 0: the system chooses, see server::port().
    std::string unix_path = {};         // A Unix socket, mode 0660, replacing a stale one.
    std::string certificate_pem = {};   // With the key: speaks TLS (1.2 or better).
    std::string private_key_pem = {};
    std::size_t max_body_bytes = 64u << 20u;
    response too_large = {};                  // Sent instead of a bare 413 when it has a status.
    std::filesystem::path spool_folder = {};  // Where bodies above spool_above go; empty: memory.
    std::size_t spool_above = 8u << 20u;
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

    std::uint64_t connections_accepted() const;

    /// Serves until cancelled, then closes every connection.
    asio::awaitable<void> run();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
