#include "kusto/resources.hpp"

#include "base/text.hpp"
#include "http/client/addresses.hpp"
#include "kusto/cloud.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::kusto {

using places = std::vector<azure::storage_place>;

// Not even for resources without an expiry is a set kept for ever.
static constexpr duration longest_use = 24h;
static constexpr duration tolerated_skew = 2min;
static constexpr std::size_t most_places = 1000;

namespace {

constexpr std::array<std::string_view, 9> storage_domains{
    "core.windows.net",
    "storage.azure.net",
    "core.chinacloudapi.cn",
    "core.usgovcloudapi.net",
    "core.eaglex.ic.gov",
    "core.microsoft.scloud",
    "core.sovcloud-api.fr",
    "core.sovcloud-api.de",
    "core.sovcloud-api.sg",
};

bool is_azure_storage(std::string_view host) {
    for (std::string_view service : {".blob.", ".queue.", ".table."}) {
        for (auto domain : storage_domains) {
            auto suffix = std::string(service).append(domain);
            if (host.size() > suffix.size() && host.ends_with(suffix)) return true;
        }
    }
    return false;
}

failure refused(const http::url& location, std::string_view why) {
    return {
        errc::untrusted_storage_host,
        remedy::reconfigure,
        location.origin() + " " + std::string(why)};
}

places* list_for(resource_set& set, std::string_view kind) {
    if (equals_ignoring_case(kind, "TempStorage")) return &set.containers;
    if (equals_ignoring_case(kind, "SecuredReadyForAggregationQueue")) {
        return &set.ingestion_queues;
    }
    if (equals_ignoring_case(kind, "FailedIngestionsQueue")) return &set.failed_queues;
    if (equals_ignoring_case(kind, "SuccessfulIngestionsQueue")) return &set.successful_queues;
    if (equals_ignoring_case(kind, "IngestionsStatusTable")) return &set.status_tables;
    return nullptr;
}

}  // namespace

result<void> check_storage_host(const http::url& location, const host_rules& rules) {
    if (location.is_loopback()) {
        if (rules.loopback_endpoint) return {};
        return refused(location, "is on this machine, and the cluster is not");
    }
    if (!location.is_https()) return refused(location, "is not https");
    if (is_azure_storage(location.host())) return {};
    if (is_trusted(location.host(), rules.trusted_storage_hosts)) return {};
    auto address = http::address_of(location.host());
    if (address && http::is_local(*address)) {
        return refused(location, "is an address of this machine, its link or a metadata service");
    }
    return refused(
        location, "is not Azure Storage; if it is right, add it to cluster.trusted_storage_hosts"
    );
}

result<resource_set> parse_resources(
    const dataset& answer, const host_rules& rules, wall_time now
) {
    auto* table = answer.first();
    if (!table) return failure{errc::no_resources, remedy::retry, "the cluster names no resources"};
    auto kind_column = table->column("ResourceTypeName", 0);
    auto root_column = table->column("StorageRoot", 1);
    resource_set out;
    std::size_t count = 0;
    for (auto& row : table->rows) {
        auto kind = dataset_table::value(row, kind_column);
        auto* list = list_for(out, kind);
        if (!list || ++count > most_places) continue;
        auto place = azure::parse_storage_place(dataset_table::value(row, root_column), now);
        auto allowed = place ? check_storage_host(place->location, rules) : result<void>();
        if (!place || !allowed) {
            auto why = place ? allowed.error().detail : place.error().detail;
            out.warnings.push_back(std::string(kind) + " left out: " + why);
            continue;
        }
        list->push_back(std::move(*place));
    }
    if (!out.containers.empty() && !out.ingestion_queues.empty()) return out;
    auto lacking = out.containers.empty() ? "container" : "ingestion queue";
    failure none{errc::no_resources, remedy::retry, ""};
    none.detail = "the cluster names no usable " + std::string(lacking);
    if (!out.warnings.empty()) {
        none.next = remedy::reconfigure;
        none.detail += ": " + out.warnings.front();
    }
    return none;
}

static std::optional<wall_time> last_use(const places& list) {
    auto last = wall_time::min();
    for (auto& place : list) {
        if (!place.expires_at) return std::nullopt;
        auto reserve = std::chrono::ceil<wall_time::duration>(place.reserve);
        last = std::max(last, *place.expires_at - reserve);
    }
    return last;
}

std::optional<wall_time> usable_until(const resource_set& resources) {
    auto containers = last_use(resources.containers);
    auto queues = last_use(resources.ingestion_queues);
    if (containers && queues) return std::min(*containers, *queues);
    return containers ? containers : queues;
}

// A wrong clock here must not make good SAS look expired: what counts is the service's clock, so
// their ends are moved to where this clock will be by then.
static void shift(resource_set& set, wall_time::duration by) {
    for (auto* list :
         {&set.containers,
          &set.ingestion_queues,
          &set.failed_queues,
          &set.successful_queues,
          &set.status_tables}) {
        for (auto& place : *list) {
            if (place.expires_at) *place.expires_at += by;
        }
    }
}

asio::awaitable<result<fresh<resource_set>>> fetch_resources(
    management_client& management, clock& clock, resource_options options
) {
    auto answer = co_await management.execute(".get ingestion resources");
    if (!answer) co_return answer.error();
    auto now = clock.now();
    auto wall = clock.wall_now();
    auto skew = wall - answer->served_at.value_or(wall);
    if (std::chrono::abs(skew) < tolerated_skew) skew = {};
    auto parsed = parse_resources(*answer, options.rules, wall - skew);
    if (!parsed) co_return parsed.error();
    shift(*parsed, skew);

    fresh<resource_set> out;
    out.refresh_at = now + options.refresh_interval;
    auto longest = std::max(longest_use, 2 * options.refresh_interval);
    out.expires_at = now + longest;
    auto until = usable_until(*parsed);
    if (until) out.expires_at = std::min(out.expires_at, now + (*until - wall));
    out.value = std::move(*parsed);
    co_return out;
}

result<secret> parse_identity_token(const dataset& answer) {
    auto* table = answer.first();
    bool is_one = table && table->rows.size() == 1;
    auto token =
        is_one ? dataset_table::value(table->rows.front(), table->column("AuthorizationContext", 0))
               : std::string_view();
    if (token.empty()) {
        return failure{
            errc::no_identity_token, remedy::retry, "the cluster gave no identity token"};
    }
    return secret(std::string(token));
}

asio::awaitable<result<fresh<secret>>> fetch_identity_token(
    management_client& management, clock& clock, duration refresh_interval
) {
    auto answer = co_await management.execute(".get kusto identity token");
    if (!answer) co_return answer.error();
    auto token = parse_identity_token(*answer);
    if (!token) co_return token.error();
    fresh<secret> out;
    out.value = std::move(*token);
    out.refresh_at = clock.now() + refresh_interval;
    // It does not say when it expires; the service reports it for a message, and then a new one is
    // requested. Until then an old one is better than none.
    out.expires_at = clock.now() + std::max<duration>(longest_use, 2 * refresh_interval);
    co_return out;
}

}  // namespace kustodrop::kusto
