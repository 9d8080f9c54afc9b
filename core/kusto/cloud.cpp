#include "kusto/cloud.hpp"

#include "base/text.hpp"
#include "http/client/addresses.hpp"
#include "kusto/well_known_hosts.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::kusto {

namespace json = boost::json;

static constexpr auto default_login = "https://login.microsoftonline.com";
static constexpr auto default_resource = "https://kusto.kusto.windows.net";
static constexpr std::size_t largest_answer_bytes = 64u << 10u;
static constexpr duration metadata_timeout = 30s;

// "host.example" is that host, ".example" everything below it. The leading dot is what keeps
// "evil-example" out.
static bool matches(std::string_view host, std::string_view pattern) {
    if (pattern.starts_with('.')) return host.size() > pattern.size() && host.ends_with(pattern);
    return host == pattern;
}

static bool is_listed(std::string_view host, const well_known_cloud& cloud) {
    auto match = [&](std::string_view pattern) { return matches(host, pattern); };
    return std::any_of(cloud.hosts.begin(), cloud.hosts.end(), match);
}

bool is_trusted(std::string_view host, const trusted_hosts& trusted) {
    // Addresses have no suffixes: "*.254" stands for names only.
    if (http::address_of(host)) {
        return std::any_of(trusted.begin(), trusted.end(), [&](const std::string& one) {
            return to_lower(trimmed(one)) == host;
        });
    }
    return std::any_of(trusted.begin(), trusted.end(), [&](const std::string& pattern) {
        auto text = to_lower(trimmed(pattern));
        std::string_view rest = text;
        if (rest.starts_with("*.")) rest.remove_prefix(1);
        return !rest.empty() && matches(host, rest);
    });
}

static bool is_well_known(std::string_view host) {
    return std::any_of(well_known_clouds.begin(), well_known_clouds.end(), [&](auto& cloud) {
        return is_listed(host, cloud);
    });
}

static bool is_known_by_name(std::string_view host) {
    return std::any_of(well_known_clouds.begin(), well_known_clouds.end(), [&](auto& cloud) {
        return std::find(cloud.hosts.begin(), cloud.hosts.end(), host) != cloud.hosts.end();
    });
}

static failure untrusted(std::string detail) {
    return {errc::untrusted_host, remedy::reconfigure, std::move(detail)};
}

// Engines live at NAME.REGION.kusto…; their ingestion service at ingest-NAME.REGION.kusto…. A host
// that is known by its whole name is what it is.
static bool is_engine(const std::string& host) {
    if (is_known_by_name(host)) return false;
    auto label = host.substr(0, host.find('.'));
    bool is_kusto =
        host.find(".kusto.") != std::string::npos || host.find(".kustomfa.") != std::string::npos;
    return is_kusto && !label.starts_with("ingest-");
}

result<void> check_endpoint(const http::url& endpoint, const trusted_hosts& trusted) {
    auto& host = endpoint.host();
    if (endpoint.is_loopback()) return {};
    if (!endpoint.is_https()) {
        return untrusted(
            "tokens go over https only: " + endpoint.origin() + " begins with http://"
        );
    }
    if (is_trusted(host, trusted)) return {};
    if (!is_well_known(host)) {
        return untrusted(
            host +
            " is not a known Azure Data Explorer host; if it may receive tokens, add it to "
            "cluster.trusted_hosts"
        );
    }
    if (is_engine(host)) {
        return failure{
            errc::engine_endpoint,
            remedy::reconfigure,
            host + " is a query endpoint; the ingestion endpoint is most likely https://ingest-" +
                endpoint.authority()};
    }
    return {};
}

static constexpr std::string_view ingestion_prefix = "ingest-";

http::url engine_of(const http::url& ingestion_endpoint) {
    auto& host = ingestion_endpoint.host();
    if (!host.starts_with(ingestion_prefix)) return ingestion_endpoint;
    auto origin = ingestion_endpoint.origin();
    origin.erase(origin.find(ingestion_prefix), ingestion_prefix.size());
    return http::url::parse(origin).value_or(ingestion_endpoint);
}

azure::authority cloud::authority() const {
    azure::authority out;
    out.login_endpoint = login_endpoint;
    out.resource = resource;
    auto at = mfa_required ? out.resource.find(".kusto.") : std::string::npos;
    if (at != std::string::npos) out.resource.replace(at, 7, ".kustomfa.");
    out.scope = out.resource + "/.default";
    return out;
}

static cloud default_cloud() {
    cloud out;
    out.login_endpoint = *http::url::parse(default_login);
    out.resource = default_resource;
    return out;
}

static std::string text_at(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

static failure bad_metadata(std::string why) {
    return {errc::bad_answer, remedy::retry, "the cluster's auth metadata " + std::move(why)};
}

static result<cloud> parse_sign_in(const json::object& from) {
    cloud out;
    auto login = http::url::parse(text_at(from, "LoginEndpoint"));
    if (!login || !login->query().empty()) return bad_metadata("names no login endpoint");
    out.login_endpoint = *login;
    out.resource = text_at(from, "KustoServiceResourceId");
    if (!http::url::parse(out.resource)) return bad_metadata("names no resource");
    while (out.resource.ends_with('/')) out.resource.pop_back();
    auto* mfa = from.if_contains("LoginMfaRequired");
    out.mfa_required = mfa && mfa->is_bool() && mfa->get_bool();
    return out;
}

result<cloud> parse_cloud(unsigned status, std::string_view body) {
    // Proxies and emulators without the endpoint.
    if (status == 404) return default_cloud();
    if (status != 200) return bad_metadata("answered " + std::to_string(status));
    if (trimmed(body).empty()) return default_cloud();
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error || !value.is_object()) return bad_metadata("is not JSON");
    // Kept for as long as the process lives: an answer about something else must not pass for it.
    if (value.get_object().contains("error")) return bad_metadata("is an error");
    auto* sign_in = value.get_object().if_contains("AzureAD");
    if (!sign_in || sign_in->is_null()) return default_cloud();
    if (!sign_in->is_object()) return bad_metadata("has an AzureAD that is not an object");
    return parse_sign_in(sign_in->get_object());
}

result<void> check_login_endpoint(
    const cloud& named, const http::url& endpoint, const trusted_hosts& trusted
) {
    auto& login = named.login_endpoint;
    // A cluster on this machine may sign in to this machine, and to the real thing.
    if (login.is_loopback() && endpoint.is_loopback()) return {};
    auto from = endpoint.host() + " names the login endpoint " + login.origin();
    if (!login.is_https()) return untrusted(from + ", which is not https");
    if (is_trusted(login.host(), trusted)) return {};
    auto found = std::find_if(well_known_clouds.begin(), well_known_clouds.end(), [&](auto& one) {
        return one.login_host == login.host();
    });
    if (found == well_known_clouds.end() || login.port() != 443) {
        return untrusted(from + ", which is not a known one; it would receive the credentials");
    }
    bool local = endpoint.is_loopback() || is_trusted(endpoint.host(), trusted);
    if (local || is_listed(endpoint.host(), *found)) return {};
    return untrusted(from + ", which belongs to another cloud");
}

asio::awaitable<result<cloud>> fetch_cloud(
    http::transport& transport, http::url endpoint, cloud_options options
) {
    auto allowed = check_endpoint(endpoint, options.trusted);
    if (!allowed) co_return allowed.error();
    http::request request;
    request.target = endpoint.with_path("/v1/rest/auth/metadata");
    request.service = "management";
    request.operation = "auth_metadata";
    request.max_answer_bytes = largest_answer_bytes;
    request.total_timeout = metadata_timeout;
    request.headers.add("Accept", "application/json");
    auto answer = co_await transport.send(std::move(request));
    if (!answer) co_return answer.error();
    auto named = parse_cloud(answer->status, answer->body);
    if (!named) {
        auto bad = named.error();
        bad.detail += " (" + endpoint.host() + ")";
        bad.retry_after = http::retry_after(*answer);
        co_return bad;
    }
    if (auto date = answer->headers.find("Date")) named->served_at = parse_http_date(*date);
    if (options.authority_host) {
        named->login_endpoint = *options.authority_host;
        co_return named;
    }
    auto safe = check_login_endpoint(*named, endpoint, options.trusted);
    if (!safe) co_return safe.error();
    co_return named;
}

}  // namespace kustodrop::kusto
