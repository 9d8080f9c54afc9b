#pragma once

#include "async/timetable.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "http/client/tls_version.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kustodrop::http {

/// Options that no transport can be made of; what() is one sentence, for the user who wrote them.
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
    timetable blob_rates = {};  // Bytes a second of all bodies to blobs together.
};

}  // namespace kustodrop::http
