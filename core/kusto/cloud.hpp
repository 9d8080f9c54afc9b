#pragma once

#include "async/awaitable.hpp"
#include "azure/identity/token_source.hpp"
#include "base/result.hpp"
#include "http/transport.hpp"
#include "http/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::kusto {

/// Hosts the operator trusts beside the well-known ones: "host.example" or, with a leading dot,
/// everything below ".example".
using trusted_hosts = std::vector<std::string>;

/// Whether a host (lower case) is on the operator's list.
bool is_trusted(std::string_view host, const trusted_hosts& trusted);

/// Whether tokens may go there (docs/protocol.md §1.2): https to a well-known or trusted host, or
/// loopback. To be asked before any request. An engine's URL is refused with a hint at the
/// ingest- URL that was meant.
result<void> check_endpoint(const http::url& endpoint, const trusted_hosts& trusted);

/// The query endpoint that belongs to an ingestion endpoint: its host without "ingest-". Where the
/// host has no such prefix, both are one.
http::url engine_of(const http::url& ingestion_endpoint);

/// What a cluster says about signing in to it.
struct cloud {
    http::url login_endpoint;
    std::string resource;
    bool mfa_required = false;
    std::optional<wall_time> served_at = {};  // The cluster's clock: the answer's Date.

    azure::authority authority() const;
};

/// What /v1/rest/auth/metadata answered (docs/protocol.md §1.1); 404 and emptiness mean the
/// defaults.
result<cloud> parse_cloud(unsigned status, std::string_view body);

/// Whether the login endpoint that the cluster names is one that may see our credentials, and the
/// one that goes with this endpoint (docs/protocol.md §1.2, rules b and c).
result<void> check_login_endpoint(
    const cloud& named, const http::url& endpoint, const trusted_hosts& trusted
);

struct cloud_options {
    trusted_hosts trusted = {};
    std::optional<http::url> authority_host = {};  // auth.authority_host: used instead.
};

/// Checks the endpoint, asks it, checks its answer.
asio::awaitable<result<cloud>> fetch_cloud(
    http::transport& transport, http::url endpoint, cloud_options options
);

}  // namespace kustodrop::kusto
