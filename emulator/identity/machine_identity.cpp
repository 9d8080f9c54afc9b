#include "emulator/identity/machine_identity.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace kustodrop::emulator {

namespace fs = std::filesystem;
namespace json = boost::json;

static constexpr std::size_t most_challenges = 100;

std::string_view machine_identity::operation_of(std::string_view path) {
    // MSAL asks IMDS with a slash at the end.
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path == imds_path) return "imds_token";
    if (path == app_service_path) return "app_service_token";
    if (path == arc_path) return "arc_token";
    return {};
}

static http::response problem(unsigned status, std::string_view error, std::string_view message) {
    json::object body{{"error", error}, {"error_description", message}};
    return json_answer(status, json::serialize(body));
}

static http::response app_service_problem(unsigned status, std::string_view message) {
    json::object body{{"statusCode", status}, {"message", message}};
    return json_answer(status, json::serialize(body));
}

// Whether a request that names an identity names ours.
static bool knows(
    const exchange& one,
    const identity_options& known,
    std::string_view object_id,
    std::string_view resource_id
) {
    auto is = [&](std::string_view name, std::string_view ours) {
        auto given = one.parameter(name);
        return !given || equals_ignoring_case(*given, ours);
    };
    return is("client_id", known.client_id) && is(object_id, known.object_id) &&
           is(resource_id, known.resource_id);
}

static std::int64_t since_epoch(wall_time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// "9/14/2026 1:05:09 PM +00:00", as App Service has written it.
static std::string us_date(wall_time time) {
    auto days = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day date(days);
    std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
    auto hour = clock.hours().count();
    char text[40];
    std::snprintf(
        text,
        sizeof text,
        "%u/%u/%d %d:%02d:%02d %s +00:00",
        unsigned(date.month()),
        unsigned(date.day()),
        int(date.year()),
        int(hour % 12 == 0 ? 12 : hour % 12),
        int(clock.minutes().count()),
        int(clock.seconds().count()),
        hour < 12 ? "AM" : "PM"
    );
    return text;
}

static std::string expires_on(wall_time time, std::string_view format) {
    if (format == "us") return us_date(time);
    if (format == "iso") return to_iso8601(time).substr(0, 19) + "+00:00";
    return std::to_string(since_epoch(time));
}

// All of them write their numbers as strings.
static json::object token_body(token_issuer& tokens, const std::string& issuer, wall_time now) {
    auto life = std::chrono::duration_cast<std::chrono::seconds>(tokens.lifetime()).count();
    auto begins = since_epoch(now);
    return {
        {"access_token", tokens.issue(issuer)},
        {"expires_in", std::to_string(life)},
        {"expires_on",
         expires_on(now + std::chrono::seconds(life), tokens.options().expires_on_format)},
        {"not_before", std::to_string(begins)},
        {"resource", tokens.options().resource},
        {"token_type", "Bearer"},
    };
}

http::response machine_identity::answer(const exchange& one, const std::string& issuer) {
    if (one.operation == "app_service_token") return app_service(one, issuer);
    if (one.operation == "arc_token") return arc(one, issuer);
    return imds(one, issuer);
}

http::response machine_identity::imds(const exchange& one, const std::string& issuer) {
    if (!one.header("Metadata")) {
        return problem(400, "invalid_request", "Required metadata header not specified");
    }
    if (!one.parameter("api-version")) {
        return problem(400, "invalid_request", "Required query variable 'api-version' is missing");
    }
    auto& known = tokens_.options();
    auto resource = std::string(one.parameter("resource").value_or(""));
    if (resource != known.resource) {
        auto message = "AADSTS500011: The resource principal named " + resource + " was not found.";
        return problem(400, "invalid_resource", message);
    }
    if (!knows(one, known, "object_id", "msi_res_id")) {
        return problem(400, "invalid_request", "Identity not found");
    }
    auto body = token_body(tokens_, issuer, clock_.wall_now());
    body["client_id"] = known.client_id;
    return json_answer(200, json::serialize(body));
}

http::response machine_identity::app_service(const exchange& one, const std::string& issuer) {
    auto& known = tokens_.options();
    if (one.header("X-IDENTITY-HEADER").value_or("") != known.identity_header) {
        return app_service_problem(401, "The X-IDENTITY-HEADER is missing or wrong.");
    }
    if (!one.has_parameter("api-version", "2019-08-01")) {
        return app_service_problem(400, "The api-version is not 2019-08-01.");
    }
    if (one.parameter("resource").value_or("") != known.resource) {
        return app_service_problem(400, "The resource is missing or unknown.");
    }
    if (!knows(one, known, "principal_id", "mi_res_id")) {
        return app_service_problem(400, "No MSI found for specified ClientId/ResourceId.");
    }
    auto body = token_body(tokens_, issuer, clock_.wall_now());
    // It gives the end only.
    body.erase("expires_in");
    body["client_id"] = known.client_id;
    return json_answer(200, json::serialize(body));
}

// Only who can read a file of the agent's may have a token. It is random, used once and deleted.
http::response machine_identity::challenge() {
    fs::path folder = tokens_.options().arc_token_directory;
    auto path = folder / (make_guid(random_) + ".key");
    auto content = hex_encode(random_bytes(32));
    std::error_code error;
    fs::create_directories(folder, error);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file) return problem(500, "server_error", "cannot write " + path.string());
    using perms = fs::perms;
    fs::permissions(path, perms::owner_read | perms::owner_write | perms::group_read, error);
    if (keys_.size() >= most_challenges) {
        fs::remove(keys_.begin()->second, error);
        keys_.erase(keys_.begin());
    }
    keys_[content] = path.string();
    auto out = problem(401, "unauthorized", "Unauthorized client");
    out.headers.add("WWW-Authenticate", "Basic realm=" + path.string());
    return out;
}

bool machine_identity::answers_challenge(std::string_view authorization) {
    static constexpr std::string_view scheme = "Basic ";
    if (!authorization.starts_with(scheme)) return false;
    auto found = keys_.find(authorization.substr(scheme.size()));
    if (found == keys_.end()) return false;
    std::error_code ignored;
    fs::remove(found->second, ignored);
    keys_.erase(found);
    return true;
}

http::response machine_identity::arc(const exchange& one, const std::string& issuer) {
    if (!one.header("Metadata")) {
        return problem(400, "invalid_request", "Required metadata header not specified");
    }
    if (one.parameter("resource").value_or("") != tokens_.options().resource) {
        return problem(400, "invalid_resource", "The resource is missing or unknown.");
    }
    auto authorization = one.header("Authorization");
    if (!authorization) return challenge();
    if (!answers_challenge(*authorization)) {
        return problem(403, "access_denied", "The key is not the one that was asked for");
    }
    // A machine has one identity here; like older agents, others are silently ignored.
    return json_answer(200, json::serialize(token_body(tokens_, issuer, clock_.wall_now())));
}

}  // namespace kustodrop::emulator
