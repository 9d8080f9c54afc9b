#include "emulator/identity/token_service.hpp"

#include "base/text.hpp"
#include "http/url.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace kustodrop::emulator {

namespace json = boost::json;

static constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
static constexpr std::string_view discovery_path = "/common/discovery/instance";
static constexpr std::string_view openid_end = "/v2.0/.well-known/openid-configuration";

bool token_service::owns(const exchange& one) {
    return !machine_identity::operation_of(one.path).empty() || one.path == discovery_path ||
           one.path.ends_with("/oauth2/v2.0/token") || one.path.ends_with(openid_end);
}

void token_service::classify(exchange& one) const {
    one.service = "token";
    auto machine = machine_identity::operation_of(one.path);
    if (!machine.empty()) {
        one.operation = machine;
    } else if (one.path == discovery_path) {
        one.operation = "discovery";
    } else if (one.path.ends_with(openid_end)) {
        one.operation = "openid_configuration";
    } else {
        one.operation = "token";
    }
}

// "{"error":"invalid_client","error_description":"AADSTS7000215: …","error_codes":[7000215],…}".
http::response token_service::refusal(const service_error& error, const exchange& one) const {
    std::int64_t number = 0;
    for (auto& [name, value] : error.details) {
        if (name == "number") std::from_chars(value.data(), value.data() + value.size(), number);
    }
    auto time = to_iso8601(clock_.wall_now());
    auto prefix = number == 0 ? std::string() : "AADSTS" + std::to_string(number) + ": ";
    json::object body{
        {"error", error.code},
        {"error_description",
         prefix + error.message + " Trace ID: " + one.request_id +
             " Correlation ID: " + one.request_id + " Timestamp: " + time},
        {"error_codes", json::array{number}},
        {"timestamp", time},
        {"trace_id", one.request_id},
        {"correlation_id", one.request_id},
        {"error_uri", endpoint_ + "/error?code=" + std::to_string(number)},
    };
    return json_answer(error.status, json::serialize(body));
}

asio::awaitable<http::reply> token_service::answer(exchange& one) {
    http::reply out;
    out.answer = act(one);
    co_return out;
}

http::response token_service::act(const exchange& one) {
    if (one.operation == "discovery") return discovery();
    if (one.operation == "openid_configuration") return openid_configuration(one);
    if (!machine_identity::operation_of(one.path).empty()) {
        return machine_.answer(one, endpoint_ + "/" + tokens_.options().tenant + "/");
    }
    return issue(one);
}

static std::string value_of(const query_parameters& form, std::string_view name) {
    for (auto& [key, value] : form) {
        if (key == name) return value;
    }
    return {};
}

static service_error refused(
    unsigned status, std::string code, std::string number, std::string message
) {
    return {status, std::move(code), std::move(message), {{"number", std::move(number)}}};
}

std::optional<service_error> token_service::check_secret(
    const std::string& client, const std::string& secret
) const {
    auto& known = tokens_.options();
    if (secret.empty()) {
        return refused(
            401,
            "invalid_client",
            "7000218",
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'."
        );
    }
    if (secret == known.client_secret) return std::nullopt;
    if (secret == known.expired_client_secret) {
        return refused(
            401,
            "invalid_client",
            "7000222",
            "The provided client secret keys for app '" + client + "' are expired."
        );
    }
    return refused(
        401,
        "invalid_client",
        "7000215",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app '" +
            client + "'."
    );
}

std::optional<service_error> token_service::check_client(
    const query_parameters& form, const std::string& audience
) {
    auto& known = tokens_.options();
    if (value_of(form, "grant_type") != "client_credentials") {
        return refused(
            400,
            "unsupported_grant_type",
            "70003",
            "The app requested an unsupported grant type '" + value_of(form, "grant_type") + "'."
        );
    }
    auto client = value_of(form, "client_id");
    if (!equals_ignoring_case(client, known.client_id)) {
        return refused(
            400,
            "unauthorized_client",
            "700016",
            "Application with identifier '" + client + "' was not found in the directory '" +
                known.tenant + "'."
        );
    }
    auto assertion = value_of(form, "client_assertion");
    if (assertion.empty()) return check_secret(client, value_of(form, "client_secret"));
    if (value_of(form, "client_assertion_type") == assertion_type) {
        return assertions_.check(assertion, audience);
    }
    return refused(
        400,
        "invalid_request",
        "900144",
        "The request body must contain the following parameter: 'client_assertion_type'."
    );
}

std::optional<service_error> token_service::check_scope(std::string_view scope) const {
    auto wanted = tokens_.options().resource + "/.default";
    bool found = false;
    for (auto one : split(scope, ' ')) {
        // Some libraries add the message of OpenID to every request.
        if (one.empty() || one == "openid" || one == "profile" || one == "offline_access") {
            continue;
        }
        if (one != wanted) {
            return refused(
                400,
                "invalid_scope",
                "70011",
                "The provided request must include a 'scope' input parameter. The provided value "
                "for the input parameter 'scope' is not valid. The scope " +
                    std::string(scope) + " is not valid."
            );
        }
        found = true;
    }
    if (found) return std::nullopt;
    return refused(
        400,
        "invalid_request",
        "900144",
        "The request body must contain the following parameter: 'scope'."
    );
}

http::response token_service::issue(const exchange& one) {
    auto tenant = one.path.substr(1, one.path.find('/', 1) - 1);
    if (!equals_ignoring_case(tenant, tokens_.options().tenant)) {
        return refusal(
            refused(
                400,
                "invalid_request",
                "90002",
                "Tenant '" + tenant +
                    "' not found. Check to make sure you have the correct tenant ID and are "
                    "signing into the correct cloud."
            ),
            one
        );
    }
    auto form = parse_parameters(one.request.body, true);
    auto error = check_client(form, endpoint_ + one.path);
    if (!error) error = check_scope(value_of(form, "scope"));
    if (error) return refusal(*error, one);
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(tokens_.lifetime()).count();
    json::object body{
        {"token_type", "Bearer"},
        {"expires_in", seconds},
        {"ext_expires_in", seconds},
        {"access_token", tokens_.issue(endpoint_ + "/" + tokens_.options().tenant + "/")},
    };
    auto out = json_answer(200, json::serialize(body));
    out.headers.add("Cache-Control", "no-store, no-cache");
    return out;
}

std::vector<std::pair<std::string, std::string>> token_service::facts() const {
    auto& known = tokens_.options();
    return {
        {"tenant", known.tenant},
        {"client_id", known.client_id},
        {"client_secret", known.client_secret},
        {"object_id", known.object_id},
        {"resource_id", known.resource_id},
        {"resource", known.resource},
        {"imds_host", endpoint_},
        {"app_service_endpoint", endpoint_ + std::string(machine_identity::app_service_path)},
        {"identity_header", known.identity_header},
        {"arc_endpoint", endpoint_ + std::string(machine_identity::arc_path)},
    };
}

http::response token_service::discovery() const {
    auto host = http::url::parse(endpoint_).value_or(http::url()).authority();
    json::object self{
        {"preferred_network", host}, {"preferred_cache", host}, {"aliases", json::array{host}}};
    json::object body{
        {"tenant_discovery_endpoint",
         endpoint_ + "/" + tokens_.options().tenant + std::string(openid_end)},
        {"api-version", "1.1"},
        {"metadata", json::array{std::move(self)}},
    };
    return json_answer(200, json::serialize(body));
}

http::response token_service::openid_configuration(const exchange& one) const {
    auto tenant = one.path.substr(1, one.path.find('/', 1) - 1);
    auto base = endpoint_ + "/" + tenant;
    json::object body{
        {"issuer", base + "/v2.0"},
        {"token_endpoint", base + "/oauth2/v2.0/token"},
        {"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
        {"device_authorization_endpoint", base + "/oauth2/v2.0/devicecode"},
        {"end_session_endpoint", base + "/oauth2/v2.0/logout"},
        {"jwks_uri", base + "/discovery/v2.0/keys"},
        {"token_endpoint_auth_methods_supported",
         json::array{"client_secret_post", "private_key_jwt"}},
        {"response_types_supported", json::array{"code", "token"}},
        {"subject_types_supported", json::array{"pairwise"}},
        {"id_token_signing_alg_values_supported", json::array{"RS256"}},
        {"scopes_supported", json::array{"openid", "profile", "offline_access"}},
    };
    return json_answer(200, json::serialize(body));
}

}  // namespace kustodrop::emulator
