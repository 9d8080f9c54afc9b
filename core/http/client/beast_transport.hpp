#pragma once

#include "async/clock.hpp"
#include "base/metrics.hpp"
#include "http/client/probe_step.hpp"
#include "http/client/transport_options.hpp"
#include "http/transport.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <vector>

namespace kustodrop::http {

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

    /// Other rates than those of the options, for requests in hand too.
    void change_blob_rates(timetable rates);

    /// The rates hold for both together from now on. Call it before the first request.
    void share_blob_rates(const beast_transport& other);

    /// Closes the connections that are not in use.
    void close_idle();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::http
