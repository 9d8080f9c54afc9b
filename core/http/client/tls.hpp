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

/// What every session has in common: the CA file unless that is empty, the peer always verified.
/// Throws unusable_options if the file is of no use. Trusts nothing else until
/// trust_authorities_of_machine was called.
std::unique_ptr<asio::ssl::context> tls_context(const std::string& ca_file, tls_version least);

/// Adds the authorities of find_trust_store(). Reading a bundle of 140 certificates takes about
/// 25 ms, so that it belongs before the first handshake and not into the start of the program. What
/// cannot be read is not trusted: no error.
void trust_authorities_of_machine(asio::ssl::context& context);

/// Whom the certificate must be for, and SNI.
void expect_host(ssl_st* session, const std::string& host);

/// Why a handshake failed: tls_untrusted or tls_failed.
failure tls_failure(const std::string& host, ssl_st* session, boost::system::error_code error);

/// "TLSv1.3, certificate issued by /CN=…".
std::string certificate_summary(ssl_st* session);

}  // namespace kustodrop::http
