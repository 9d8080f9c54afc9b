#pragma once

#include "base/metrics.hpp"
#include "http/transport.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace kustodrop::http {

enum class tls_version { v1_2, v1_3 };

struct transport_options {
    std::string ca_file = {};  // PEM, trusted beside the system's own store.
    tls_version min_tls = tls_version::v1_2;
    duration connect_timeout = 10s;  // Each of name, TCP connection and TLS handshake.
    duration io_timeout = 60s;       // For the first byte of the answer, and for any progress.
    std::size_t connections_per_host = 64;
    duration idle_timeout = 60s;  // A connection that lay unused this long is not used again.
    std::string proxy = {};       // "http://host:port"; loopback and link-local bypass it.
    std::string user_agent = "kustodrop";
};

/// One step of a probe: what was tried, how it went, what to do about it.
struct probe_step {
    std::string name;  // "dns", "tcp", "proxy", "tls"
    bool ok = false;
    std::string detail;
    std::string hint = {};
};

/// The transport over real sockets: plain HTTP or TLS as the URL says, with connections kept and
/// reused per origin. Certificates are always verified, against the host's name.
///
/// Failure codes of its own: dns_failed, connect_refused, connect_timeout, connect_failed,
/// tls_untrusted, tls_failed, timeout, connection_reset, answer_too_large, bad_answer,
/// proxy_failed, local_limit, bad_request.
class beast_transport final : public transport {
public:
    /// Throws std::runtime_error, in one sentence, if the CA file or the proxy is of no use.
    beast_transport(
        asio::any_io_executor executor, transport_options options, clock& clock, metrics& measured
    );
    ~beast_transport() override;

    asio::awaitable<result<response>> send(request request) override;

    /// Walks name, connection and handshake to the URL's origin, afresh, and stops at the first
    /// step that fails.
    asio::awaitable<std::vector<probe_step>> probe(url target);

    /// Closes the connections nobody is using.
    void close_idle();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
