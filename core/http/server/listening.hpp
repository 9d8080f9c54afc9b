#pragma once

#include "async/awaitable.hpp"
#include "http/server/server_options.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

#include <string>

namespace kustodrop::http {

/// Both throw std::system_error with the address in its message.
asio::ip::tcp::acceptor listen_tcp(asio::any_io_executor executor, const server_options& options);
asio::local::stream_protocol::acceptor listen_unix(
    asio::any_io_executor executor, const std::string& path
);

/// For a server that speaks TLS 1.2 or better.
asio::ssl::context tls_context(const server_options& options);

}  // namespace kustodrop::http
