#include "emulator/management/management_service.hpp"

#include "base/text.hpp"
#include "emulator/identity/bearer.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::emulator {

namespace json = boost::json;

namespace {

/// What a client posts: {"db":"…","csl":"…"}.
struct posted_command {
    std::string database;
    std::string text;
};

std::optional<posted_command> parse_command(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    auto* object = error ? nullptr : value.if_object();
    if (!object) return std::nullopt;
    auto* text = object->if_contains("csl");
    if (!text || !text->is_string()) return std::nullopt;
    posted_command out;
    out.text = std::string(trimmed(std::string_view(text->get_string())));
    auto* database = object->if_contains("db");
    if (database && database->is_string()) out.database = std::string(database->get_string());
    return out;
}

// Lower case, one space between words: for comparison only.
std::string normalized(std::string_view text) {
    std::string out;
    for (auto c : to_lower(text)) {
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space) out += c;
        if (space && !out.empty() && out.back() != ' ') out += ' ';
    }
    return std::string(trimmed(out));
}

std::string operation_of(std::string_view body) {
    auto posted = parse_command(body);
    auto text = posted ? normalized(posted->text) : std::string();
    // A browser's client adds " with (EnableBlobCors='true', …)".
    if (text.starts_with(".get ingestion resources")) return "get_ingestion_resources";
    if (text.starts_with(".show ingestion resources")) return "get_ingestion_resources";
    if (text == ".get kusto identity token") return "get_identity_token";
    if (text == ".show version") return "show_version";
    return "command";
}

http::response dataset(json::array columns, json::array rows) {
    json::object table{
        {"TableName", "Table_0"}, {"Columns", std::move(columns)}, {"Rows", std::move(rows)}};
    return json_answer(
        200, json::serialize(json::object{{"Tables", json::array{std::move(table)}}})
    );
}

json::object text_column(std::string_view name) {
    return {{"ColumnName", name}, {"DataType", "String"}, {"ColumnType", "string"}};
}

http::response version_table() {
    json::array columns;
    for (auto name : {"BuildVersion", "BuildTime", "ServiceType", "ProductVersion"}) {
        columns.push_back(text_column(name));
    }
    json::array row{"1.0.0.0", "2026-01-01T00:00:00Z", "DataManagement", "kustodrop-emulator"};
    json::array rows;
    rows.push_back(std::move(row));
    return dataset(std::move(columns), std::move(rows));
}

service_error syntax_error(std::string what) {
    return {
        400,
        "BadRequest",
        std::move(what),
        {{"@type", "Kusto.Data.Exceptions.KustoBadRequestException"}}};
}

}  // namespace

void management_service::classify(exchange& one) const {
    auto post = one.request.method == http::verb::post;
    if (one.path == "/v1/rest/auth/metadata" || one.path == "/v1/rest/ping") {
        one.service = "metadata";
        one.operation = one.path.ends_with("ping") ? "ping" : "metadata";
    } else if (one.path == "/v1/rest/mgmt" && post) {
        one.service = "management";
        one.operation = operation_of(one.request.body);
    } else if ((one.path == "/v1/rest/query" || one.path == "/v2/rest/query") && post) {
        one.service = "query";
        one.operation = "query";
    } else {
        one.service = "management";
    }
}

http::response management_service::refusal(const service_error& error, const exchange& one) const {
    auto out = kusto_error(error, one, p_.time.wall_now());
    if (error.status == 401) {
        auto& known = p_.tokens.options();
        out.headers.add(
            "WWW-Authenticate",
            "Bearer authorization_uri=\"" + endpoint_ + "/" + known.tenant + "\""
        );
    }
    return out;
}

asio::awaitable<http::reply> management_service::answer(exchange& one) {
    http::reply out;
    out.answer = co_await act(one);
    co_return out;
}

asio::awaitable<http::response> management_service::act(const exchange& one) {
    if (one.operation == "metadata") co_return metadata();
    if (one.operation == "ping") {
        http::response pong;
        pong.status = 200;
        pong.headers.add("Content-Type", "text/plain");
        pong.body = "Pong! IP address: " + one.request.peer;
        co_return pong;
    }
    if (one.operation == "unknown") {
        service_error error{404, "NotFound", "There is nothing at " + one.path};
        co_return refusal(error, one);
    }
    if (auto error = check_bearer(one, p_.tokens)) co_return refusal(*error, one);
    if (one.operation == "get_ingestion_resources") co_return ingestion_resources();
    if (one.operation == "get_identity_token") {
        json::array columns{text_column("AuthorizationContext")};
        json::array row{p_.contexts.issue()};
        // In braces an array would be copied by clang, and made an element of by g++ (CWG 2137).
        json::array rows;
        rows.push_back(std::move(row));
        co_return dataset(std::move(columns), std::move(rows));
    }
    if (one.operation == "show_version") co_return version_table();
    co_return co_await command(one);
}

asio::awaitable<http::response> management_service::command(const exchange& one) {
    auto posted = parse_command(one.request.body);
    if (!posted) {
        auto error = syntax_error("The body must be JSON with a member 'csl'.");
        co_return refusal(error, one);
    }
    auto database = posted->database;
    auto text = posted->text;
    bool v2 = one.path.starts_with("/v2");
    if (one.service == "query") co_return co_await p_.hooks.query(database, text, v2);
    co_return co_await p_.hooks.management(database, text);
}

http::response management_service::metadata() const {
    auto& known = p_.tokens.options();
    json::object directory{
        {"LoginEndpoint", endpoint_},
        {"LoginMfaRequired", known.mfa_required},
        {"KustoClientAppId", "db662dc1-0cfe-4e1c-a843-19a68e65be58"},
        {"KustoClientRedirectUri", "https://microsoft/kustoclient"},
        {"KustoServiceResourceId", known.resource},
        {"FirstPartyAuthorityUrl", endpoint_ + "/" + known.tenant},
    };
    return json_answer(200, json::serialize(json::object{{"AzureAD", std::move(directory)}}));
}

http::response management_service::ingestion_resources() const {
    json::array rows;
    for (auto& resource : p_.resources.resources()) {
        auto address = p_.resources.address(resource, "", sas_lifetime_);
        rows.push_back(json::array{resource.type, address.reveal()});
    }
    json::array columns{text_column("ResourceTypeName"), text_column("StorageRoot")};
    return dataset(std::move(columns), std::move(rows));
}

}  // namespace kustodrop::emulator
