#pragma once

#include "async/awaitable.hpp"
#include "base/result.hpp"
#include "http/client/transport_options.hpp"

#include <memory>
#include <string>

struct ssl_st;  // OpenSSL's SSL: its headers stay behind their wall.

namespace boost::asio::ssl {
class context;
}

namespace kustodrop::http {

/// What every session has in common: the system's store, the CA file beside it unless that is
/// empty, the peer always verified. Throws unusable_options if the file is of no use.
std::unique_ptr<asio::ssl::context> tls_context(const std::string& ca_file, tls_version least);

/// Whom the certificate must be for, and SNI.
void expect_host(ssl_st* session, const std::string& host);

/// Why a handshake failed: tls_untrusted or tls_failed.
failure tls_failure(const std::string& host, ssl_st* session, boost::system::error_code error);

/// "TLSv1.3, certificate issued by /CN=…".
std::string certificate_summary(ssl_st* session);

}  // namespace kustodrop::http
