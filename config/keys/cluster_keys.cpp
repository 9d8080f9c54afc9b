#include "base/text.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"

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
    return "is not a valid host; use a name, .suffix for all below it, or an address, without "
           "scheme, "
           "port and path";
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
        "; use https://ingest-CLUSTER.REGION.kusto.windows.net";
    auto wrong = [](std::string_view what) { return std::string(what) + std::string(allowed); };
    if (text.empty()) return wrong("is empty");
    if (text.find("://") == std::string::npos) return wrong("has no https:// in front");
    auto authority = text.substr(text.find("://") + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.find('@') != std::string::npos) return wrong("names a user, which is not used");
    auto url = http::url::parse(text);
    if (!url) return wrong("is not a valid URL of a cluster");
    if (!url->query().empty() || text.find('?') != std::string::npos) {
        return wrong("has a query part, which is not used");
    }
    if (url->path() != "/") return wrong("has a path, which is not used");
    if (!url->is_https() && !url->is_loopback()) {
        return "is http://, which would show the token to everyone on the way; use https://, "
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

// The endpoint is checked against the list of trusted hosts, which stands below it.
static void read_endpoint(section& cluster, settings& all) {
    auto& out = all.cluster;
    auto endpoint = cluster.take_scalar("ingestion_endpoint");
    cluster.require("ingestion_endpoint", "https://ingest-CLUSTER.REGION.kusto.windows.net");
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
    auto& objection_of = cluster.environment().endpoint_objection;
    if (!objection_of || cluster.is_wrong("trusted_hosts")) return;
    if (auto objection = objection_of(out)) cluster.error("ingestion_endpoint", *objection);
}

// Host names are compared in lower case.
template <class Member>
static key<settings> make_hosts(std::string_view name, Member member, std::string_view doc) {
    texts_form form{{"[host.example, .suffix.example]", host_problem}};
    auto out = make_key<settings>(name, member, form, doc);
    out.read = [name, member, form](section& from, settings& to) {
        auto& hosts = member(to);
        form.read(from, name, hosts);
        for (auto& host : hosts) host = to_lower(host);
    };
    return out;
}

key<settings> cluster_section() {
    auto endpoint = make_special_key<settings>(
        "ingestion_endpoint",
        at(&settings::cluster, &cluster_settings::ingestion_endpoint),
        [](section& from, settings&) { from.take("ingestion_endpoint"); },
        "The ingestion endpoint of the cluster, which begins with \"ingest-\". https://, or "
        "http:// "
        "for loopback only; without user, path and query."
    );
    endpoint = shown_by<settings>(std::move(endpoint), [](const settings& all) {
        return yaml_text(all.cluster.ingestion_endpoint.origin());
    });
    auto section = make_section<settings>(
        "cluster",
        "The cluster that the files go to.",
        {restart(required(endpoint, "https://ingest-mycluster.westeurope.kusto.windows.net")),
         make_key<settings>(
             "ingestion_resources_refresh_interval",
             at(&settings::cluster, &cluster_settings::ingestion_resources_refresh_interval),
             duration_form{{1s, 24h}},
             "How often containers, queues and their SAS are fetched again."
         ),
         make_key<settings>(
             "transport",
             at(&settings::cluster, &cluster_settings::transport),
             choice_form{transports},
             "How files are posted: as messages in the shared queues, by REST, or as the service "
             "prefers (auto). By REST the outcome of each file is asked for; the principal needs "
             "the role Database User beside Ingestor."
         ),
         make_hosts(
             "trusted_hosts",
             at(&settings::cluster, &cluster_settings::trusted_hosts),
             "More hosts that may receive a token: \"host.example\", or \".example\" for all below "
             "it. Their endpoint need not begin with \"ingest-\"."
         ),
         make_hosts(
             "trusted_storage_hosts",
             at(&settings::cluster, &cluster_settings::trusted_storage_hosts),
             "More hosts that the service may name as its storage. Loopback is trusted only beside "
             "a "
             "loopback endpoint."
         )}
    );
    return checked<settings>(std::move(section), read_endpoint);
}

}  // namespace kustodrop::config
