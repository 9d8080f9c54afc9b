#include "azure/identity/managed/identity_service.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::azure {

static constexpr std::string_view token_path = "/metadata/identity/oauth2/token";
static constexpr std::string_view arc_agent =
    "http://127.0.0.1:40342/metadata/identity/oauth2/token";
static constexpr std::string_view imds = "http://169.254.169.254";
static constexpr duration upgrade_wait = 10s;
static constexpr unsigned upgrade_tries = 7;
static constexpr unsigned other_tries = 3;
static constexpr duration longest_wish = 1min;

// A numeric address, so that no name can look like one.
static bool is_link_local(const http::url& url) {
    auto& host = url.host();
    return host.starts_with("169.254.") &&
           host.find_first_not_of("0123456789.") == std::string::npos;
}

static failure unusable(std::string detail) {
    return {errc::no_managed_identity, remedy::reconfigure, std::move(detail)};
}

static result<http::url> local_endpoint(const std::string& name, const std::string& value) {
    auto url = http::url::parse(value);
    if (url && !url->is_https() && (url->is_loopback() || is_link_local(*url))) return *url;
    return unusable(
        "the environment variable " + name +
        " names no identity endpoint; allowed: http:// on this machine or at 169.254.…"
    );
}

static result<identity_service> service_at(
    identity_kind kind, const std::string& name, const std::string& value, std::string header
) {
    auto endpoint = local_endpoint(name, value);
    if (!endpoint) return endpoint.error();
    identity_service out;
    out.kind = kind;
    out.endpoint = endpoint->without_query();
    out.header = secret(std::move(header));
    return out;
}

static result<identity_service> imds_service(const std::string& host) {
    auto endpoint = local_endpoint("AZURE_POD_IDENTITY_AUTHORITY_HOST", host);
    if (!endpoint) return endpoint.error();
    identity_service out;
    out.endpoint = endpoint->with_path_suffix(token_path.substr(1)).without_query();
    return out;
}

result<identity_service> find_identity_service(const machine_facts& facts) {
    auto value = [&](const char* name) { return facts.variable(name).value_or(""); };
    auto endpoint = value("IDENTITY_ENDPOINT");
    auto header = value("IDENTITY_HEADER");
    if (!endpoint.empty() && !header.empty()) {
        if (!value("IDENTITY_SERVER_THUMBPRINT").empty()) {
            return unusable(
                "this is Service Fabric, whose identities are not served; use client_certificate"
            );
        }
        return service_at(identity_kind::app_service, "IDENTITY_ENDPOINT", endpoint, header);
    }
    auto retired = value("MSI_ENDPOINT");
    if (!retired.empty()) {
        auto secret = value("MSI_SECRET");
        if (!secret.empty()) {
            return service_at(identity_kind::app_service_2017, "MSI_ENDPOINT", retired, secret);
        }
        return unusable("this is Cloud Shell, whose identities are not served; use azure_cli");
    }
    if (!endpoint.empty() && !value("IMDS_ENDPOINT").empty()) {
        return service_at(identity_kind::arc, "IDENTITY_ENDPOINT", endpoint, "");
    }
    if (facts.has_arc_agent) {
        return service_at(identity_kind::arc, "IDENTITY_ENDPOINT", std::string(arc_agent), "");
    }
    auto other = value("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    return imds_service(other.empty() ? std::string(imds) : other);
}

std::string description_of(const identity_service& service) {
    auto at = " at " + service.endpoint.authority();
    switch (service.kind) {
    case identity_kind::arc:
        return "the Azure Arc agent" + at;
    case identity_kind::app_service:
    case identity_kind::app_service_2017:
        return "App Service's identity endpoint" + at;
    case identity_kind::imds:
        return "the metadata service (IMDS)" + at;
    }
    return at;
}

namespace {

// What each service calls its version and the three ways to name an identity
// (docs/protocol.md §1.4).
struct dialect {
    std::string_view version;
    std::string_view client_id;
    std::string_view object_id;
    std::string_view resource_id;
};

dialect dialect_of(identity_kind kind) {
    switch (kind) {
    case identity_kind::app_service:
        return {"2019-08-01", "client_id", "principal_id", "mi_res_id"};
    case identity_kind::app_service_2017:
        return {"2017-09-01", "clientid", "object_id", "mi_res_id"};
    case identity_kind::arc:
        return {"2020-06-01", "client_id", "object_id", "msi_res_id"};
    case identity_kind::imds:
        break;
    }
    return {"2018-02-01", "client_id", "object_id", "msi_res_id"};
}

}  // namespace

http::request identity_request(
    const identity_service& service, const std::string& resource, const identity_choice& choice
) {
    auto names = dialect_of(service.kind);
    auto query =
        "api-version=" + std::string(names.version) + "&resource=" + percent_encode(resource);
    auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) query += "&" + std::string(name) + "=" + percent_encode(value);
    };
    add(names.client_id, choice.client_id);
    add(names.object_id, choice.object_id);
    add(names.resource_id, choice.resource_id);
    http::request out;
    out.target = service.endpoint.with_parameters(query);
    out.service = "identity";
    out.headers.add("Accept", "application/json");
    switch (service.kind) {
    case identity_kind::app_service:
        out.operation = "app_service";
        out.headers.add("X-IDENTITY-HEADER", std::string(service.header.reveal()));
        break;
    case identity_kind::app_service_2017:
        out.operation = "app_service";
        out.headers.add("secret", std::string(service.header.reveal()));
        break;
    case identity_kind::arc:
        out.operation = "arc";
        out.headers.add("Metadata", "true");
        break;
    case identity_kind::imds:
        out.operation = "imds";
        out.headers.add("Metadata", "true");
        break;
    }
    return out;
}

// 410 says that IMDS is being upgraded, which takes up to 70 s.
static bool may_pass(identity_kind kind, unsigned status) {
    if (status == 404 || status == 408 || status == 429) return true;
    if (kind == identity_kind::imds) return status >= 500;
    return status == 500 || status == 503 || status == 504;
}

std::optional<duration> next_try(
    identity_kind kind, unsigned status, unsigned tries, std::optional<duration> retry_after
) {
    duration wait = 1s;
    if (kind == identity_kind::imds && status == 410) {
        if (tries > upgrade_tries) return std::nullopt;
        wait = upgrade_wait;
    } else {
        if (!may_pass(kind, status) || tries > other_tries) return std::nullopt;
        for (unsigned i = 1; i < tries; ++i) wait *= 2;
    }
    if (retry_after) wait = std::max(wait, std::min(*retry_after, longest_wish));
    return wait;
}

}  // namespace kustodrop::azure
