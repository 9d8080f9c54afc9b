#pragma once

#include "async/clock.hpp"
#include "async/refreshed.hpp"
#include "azure/storage/storage_place.hpp"
#include "base/secret.hpp"
#include "kusto/dataset.hpp"
#include "kusto/management.hpp"

#include <string>
#include <vector>

namespace kustodrop::kusto {

/// What the service lends us: where to upload, where to post, where to listen.
struct resource_set {
    std::vector<azure::storage_place> containers;
    std::vector<azure::storage_place> ingestion_queues;
    std::vector<azure::storage_place> failed_queues;
    std::vector<azure::storage_place> successful_queues;
    std::vector<azure::storage_place> status_tables;
    std::vector<std::string> warnings;  // One sentence for each row that was left out.
};

/// Which hosts a resource URI may name.
struct host_rules {
    bool loopback_endpoint = false;  // The cluster itself is on loopback: so may its storage be.
    std::vector<std::string> trusted_storage_hosts = {};  // As trusted_hosts: exact or ".suffix".
};

/// Whether resources may be used from there: https and a known storage suffix, or trusted.
result<void> check_storage_host(const http::url& location, const host_rules& rules);

/// Reads the answer to ".get ingestion resources" (docs/protocol.md §3.2). Unknown kinds are
/// ignored, bad rows left out with a warning; without a container and a queue it is a failure.
result<resource_set> parse_resources(const dataset& answer, const host_rules& rules, wall_time now);

/// How long a set is of use: as long as it has a container and an ingestion queue that may still
/// be used. Nothing if no SAS says when it ends.
std::optional<wall_time> usable_until(const resource_set& resources);

struct resource_options {
    host_rules rules = {};
    duration refresh_interval = 1h;
};

asio::awaitable<result<fresh<resource_set>>> fetch_resources(
    management_client& management, clock& clock, resource_options options
);

/// The identity token in an answer. Failure: no_identity_token.
result<secret> parse_identity_token(const dataset& answer);

/// The principal's identity token, the authorizationContext of every message.
asio::awaitable<result<fresh<secret>>> fetch_identity_token(
    management_client& management, clock& clock, duration refresh_interval
);

}  // namespace kustodrop::kusto
