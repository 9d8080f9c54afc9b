#pragma once

#include "async/clock.hpp"
#include "base/metrics.hpp"
#include "base/secret.hpp"
#include "http/client/tls_version.hpp"
#include "http/transport.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace kustodrop::http {

/// Options that no transport can be made of; what() is one sentence, for whoever wrote them.
struct unusable_options : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct transport_options {
    std::string ca_file = {};  // PEM, trusted beside the system's own store.
    tls_version min_tls = tls_version::v1_2;
    duration connect_timeout = 10s;  // Each of name, TCP connection and TLS handshake.
    duration io_timeout = 60s;       // For the first byte of the answer, and for any progress.
    std::size_t connections_per_host = 64;
    duration idle_timeout = 60s;  // A connection that lay unused this long is not used again.
    // parse_proxy()'s form, and its "Basic …" where that is kept apart. For https alone; loopback
    // and link-local bypass it, and what no_proxy names (proxy_exceptions).
    std::string proxy = {};
    secret proxy_authorization = {};
    std::string no_proxy = {};
    // Whether a name may resolve to this machine, its link or a metadata service (is_local()).
    // Unset: every name may. Asked for https alone, and not for loopback names, literal addresses
    // and the proxy itself; what goes by the proxy is resolved there.
    std::function<bool(std::string_view host)> may_lead_inside = {};
    std::string user_agent = "kustodrop";
    std::uint64_t blob_bytes_per_second = 0;  // All bodies to blobs together; 0 is no limit.
};

/// One step of a probe: what was tried, how it went, what to do about it.
struct probe_step {
    std::string name;  // "dns", "tcp", "proxy", "tls"
    bool ok = false;
    std::string detail;
    std::string hint = {};
    failure_code code = {};  // Of the failure.
};

/// The transport over real sockets: plain HTTP or TLS as the URL says, with connections kept and
/// reused per origin. Certificates are always verified, against the host's name.
///
/// Failure codes of its own: dns_failed, connect_refused, connect_timeout, connect_failed,
/// tls_untrusted, tls_failed, timeout, connection_reset, answer_too_large, bad_answer,
/// proxy_failed, proxy_refused, proxy_unauthorized, local_address, local_limit, bad_request.
class beast_transport final : public transport {
public:
    /// Throws unusable_options if the CA file or the proxy is of no use.
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
