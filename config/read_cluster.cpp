#include "base/text.hpp"
#include "config/read.hpp"

#include <algorithm>

namespace kustodrop::config {

static bool is_ip_address(std::string_view host) {
    if (host.find(':') != std::string_view::npos) return true;
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// A bare host, as http::url would give it back; nothing if it is something else.
static std::optional<std::string> host_of(std::string_view text) {
    bool v6 = text.find(':') != std::string_view::npos;
    auto authority = v6 ? "[" + std::string(text) + "]" : std::string(text);
    auto url = http::url::parse("https://" + authority);
    if (!url || url->path() != "/" || !url->query().empty()) return std::nullopt;
    if (!v6 && !equals_ignoring_case(url->host(), text)) return std::nullopt;
    return url->host();
}

static std::optional<std::string> host_problem(const std::string& text) {
    std::string_view host = text;
    if (host.starts_with('.')) host.remove_prefix(1);
    bool good = !host.empty() && host_of(host) && host.front() != '.' &&
                (host.find(':') != std::string_view::npos ||
                 to_lower(host).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") ==
                     std::string::npos);
    if (good) return std::nullopt;
    return "is no host; allowed: a name, .suffix for all below it, or an address, without scheme, "
           "port and path";
}

static void read_hosts(section& cluster, std::string_view key, std::vector<std::string>& out) {
    cluster.texts(key, out, "[host.example, .suffix.example]", host_problem);
    for (auto& host : out) host = to_lower(host);
}

static bool is_listed(std::string_view host, const std::vector<std::string>& trusted) {
    return std::any_of(trusted.begin(), trusted.end(), [&](const std::string& entry) {
        return entry.starts_with('.') ? host.ends_with(entry) : host == entry;
    });
}

// The queued protocol has an endpoint of its own; the engine's refuses it (docs/protocol.md §2).
static bool is_engine(const http::url& endpoint, const std::vector<std::string>& trusted) {
    auto& host = endpoint.host();
    if (host.starts_with("ingest-") || endpoint.is_loopback()) return false;
    return !is_ip_address(host) && !is_listed(host, trusted);
}

// Never repeats the text: there may be a password in it.
static std::optional<std::string> endpoint_problem(
    const scalar& given, const std::vector<std::string>& trusted
) {
    auto& text = given.text;
    static constexpr std::string_view allowed =
        "; allowed: https://ingest-CLUSTER.REGION.kusto.windows.net";
    auto wrong = [](std::string_view what) { return std::string(what) + std::string(allowed); };
    if (text.empty()) return wrong("is empty");
    if (text.find("://") == std::string::npos) return wrong("has no https:// in front");
    auto authority = text.substr(text.find("://") + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.find('@') != std::string::npos) return wrong("names a user, which is not used");
    auto url = http::url::parse(text);
    if (!url) return wrong("is no URL of a cluster");
    if (!url->query().empty() || text.find('?') != std::string::npos) {
        return wrong("has a query part, which is not used");
    }
    if (url->path() != "/") return wrong("has a path, which is not used");
    if (!url->is_https() && !url->is_loopback()) {
        return "is http://, which would show the token to everyone on the way; allowed: https://, "
               "and http:// only for loopback";
    }
    if (is_engine(*url, trusted)) {
        // What came from outside of the file is not repeated.
        auto better = std::string(url->is_https() ? "https://" : "http://") + "ingest-";
        bool shown = given.shown.find(text) != std::string::npos;
        better += shown ? url->authority() : "CLUSTER.REGION.kusto.windows.net";
        return "is the cluster's query endpoint, files go to its ingestion endpoint; write " +
               better + " (or name the host in trusted_hosts)";
    }
    return std::nullopt;
}

void read_cluster(section cluster, const environment& environment, cluster_settings& out) {
    auto endpoint = cluster.take_scalar("ingestion_endpoint");
    cluster.require("ingestion_endpoint", "https://ingest-CLUSTER.REGION.kusto.windows.net");
    cluster.time(
        "ingestion_resources_refresh_interval", out.ingestion_resources_refresh_interval, {1s, 24h}
    );
    read_hosts(cluster, "trusted_hosts", out.trusted_hosts);
    read_hosts(cluster, "trusted_storage_hosts", out.trusted_storage_hosts);
    cluster.finish();
    if (!endpoint) return;
    // A bad list must not make the endpoint look wrong as well.
    auto& trusted = out.trusted_hosts;
    if (auto wrong = endpoint_problem(*endpoint, trusted)) {
        bool list_is_bad = cluster.is_wrong("trusted_hosts");
        auto url = http::url::parse(endpoint->text);
        if (list_is_bad && url && is_engine(*url, trusted)) return;
        cluster.error("ingestion_endpoint", *wrong);
        return;
    }
    out.ingestion_endpoint = *http::url::parse(endpoint->text);
    if (!environment.endpoint_objection || cluster.is_wrong("trusted_hosts")) return;
    if (auto objection = environment.endpoint_objection(out)) {
        cluster.error("ingestion_endpoint", *objection);
    }
}

}  // namespace kustodrop::config
