#include "http/client/tls.hpp"

#include "base/crypto/trust_store.hpp"
#include "base/text.hpp"
#include "http/client/tls_sessions.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include <array>
#include <stdexcept>

namespace kustodrop::http {

namespace ssl = asio::ssl;
using boost::system::error_code;

static std::string untrusted_hint(long checked) {
    switch (checked) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        if (find_trust_store().is_empty()) return empty_trust_store_hint();
        return "if a proxy inspects TLS here, name its CA in network.ca_file";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "it is for another name; check the host name, and who answers in its place";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "check this machine's clock";
    default:
        return "if a proxy inspects TLS here, name its CA in network.ca_file";
    }
}

failure tls_failure(const std::string& host, ssl_st* session, error_code error) {
    auto checked = SSL_get_verify_result(session);
    if (checked != X509_V_OK) {
        return {
            .code = errc::tls_untrusted,
            .detail = "the certificate of " + host +
                      " is not trusted: " + X509_verify_cert_error_string(checked),
            .hint = untrusted_hint(checked)};
    }
    auto why = error == asio::error::timed_out ? std::string("no answer in time") : error.message();
    return {
        .code = errc::tls_failed,
        .detail = "no TLS with " + host + ": " + why,
        .hint = "check that the port speaks TLS, and min_tls"};
}

std::string certificate_summary(SSL* session) {
    std::string out = SSL_get_version(session);
    auto* certificate = SSL_get0_peer_certificate(session);
    if (!certificate) return out;
    std::array<char, 256> issuer{};
    X509_NAME_oneline(X509_get_issuer_name(certificate), issuer.data(), issuer.size());
    return out + ", certificate issued by " + printable(issuer.data());
}

std::unique_ptr<ssl::context> tls_context(const std::string& ca_file, tls_version least) {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
    if (!ca_file.empty()) {
        error_code error;
        context->load_verify_file(ca_file, error);
        if (error) {
            throw unusable_options(
                "network.ca_file " + ca_file + " is of no use: " + error.message()
            );
        }
    }
    context->set_verify_mode(ssl::verify_peer);
    auto number = least == tls_version::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context->native_handle(), number);
    remember_sessions(context->native_handle());
    return context;
}

void trust_authorities_of_machine(ssl::context& context) {
    auto trusted = find_trust_store();
    error_code unreadable;  // What cannot be read is not trusted; the handshake says so.
    if (!trusted.bundle.empty()) context.load_verify_file(trusted.bundle, unreadable);
    if (!trusted.directory.empty()) context.add_verify_path(trusted.directory, unreadable);
}

// Whom the certificate must be for, and SNI.
void expect_host(SSL* session, const std::string& host) {
    auto* rules = SSL_get0_param(session);
    error_code not_a_literal;
    asio::ip::make_address(host, not_a_literal);
    if (!not_a_literal) {
        X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    SSL_set_tlsext_host_name(session, host.c_str());
}

}  // namespace kustodrop::http
