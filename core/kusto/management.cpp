#include "kusto/management.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::kusto {

static constexpr duration command_timeout = 60s;
static constexpr std::size_t longest_value = 100;

// Each value in braces with what could end it taken out; ASCII, for a header
// (docs/protocol.md §3.1).
static std::string header_value(std::string_view text) {
    std::string out;
    bool replaced = false;
    for (unsigned char c : text.substr(0, longest_value)) {
        bool breaks = c <= 0x20 || c == '{' || c == '}' || c == '|' || c == 0x7f;
        if (!breaks) out += c < 0x80 ? static_cast<char>(c) : '?';
        if (breaks && !replaced) out += '_';
        replaced = breaks;
    }
    return out.empty() ? "[none]" : out;
}

std::string version_for_tracing(std::string_view client_version) {
    return "Kusto.Kustodrop:{" + header_value(client_version) + "}";
}

void add_client_headers(
    http::headers& out,
    const management_options& options,
    const azure::access_token& token,
    random_generator& random
) {
    out.add("Authorization", "Bearer " + std::string(token.value.reveal()));
    out.add("Accept", "application/json");
    out.add("x-ms-version", "2024-12-12");
    out.add("x-ms-client-request-id", "KCC.ship;" + make_guid(random));
    out.add("x-ms-app", header_value(options.application));
    out.add("x-ms-user", header_value(options.user));
    out.add("x-ms-client-version", version_for_tracing(options.client_version));
}

// The metrics' name for a command: few, whatever is asked.
static std::string operation_of(std::string_view command) {
    if (command == ".get ingestion resources") return "get_ingestion_resources";
    if (command == ".get kusto identity token") return "get_identity_token";
    return "command";
}

management_client::management_client(
    http::transport& transport, random_generator& random, management_options options
)
    : transport_(transport), random_(random), options_(std::move(options)) {}

void management_client::authenticate_with(token_getter get, refusal_handler refused) {
    get_token_ = std::move(get);
    refused_ = std::move(refused);
}

http::request management_client::prepared(const posted& what, const azure::access_token& token) {
    http::request out;
    out.method = http::verb::post;
    bool is_query = !what.command.starts_with('.');
    out.target = options_.endpoint.with_path(is_query ? "/v1/rest/query" : "/v1/rest/mgmt");
    out.service = "management";
    out.operation = is_query ? "query" : operation_of(what.command);
    out.total_timeout = command_timeout;
    out.headers.add("Content-Type", "application/json; charset=utf-8");
    add_client_headers(out.headers, options_, token, random_);
    out.body = R"({"db":")" + json_escape(what.database) + R"(","csl":")" +
               json_escape(what.command) + R"("})";
    return out;
}

asio::awaitable<result<http::response>> management_client::attempt(posted what, token token) {
    co_return co_await transport_.send(prepared(what, *token));
}

// What every client names where no database is meant (docs/protocol.md §3.1).
static constexpr auto no_database = "NetDefaultDB";

asio::awaitable<result<dataset>> management_client::execute(std::string command) {
    return execute_in(no_database, std::move(command));
}

asio::awaitable<result<dataset>> management_client::execute_in(
    std::string database, std::string command
) {
    posted asked{std::move(database), command};
    auto what = "\"" + command + "\" at " + options_.endpoint.host();
    auto token = co_await get_token_();
    auto answer = co_await attempt(asked, token);
    if (answer && answer->status == 401) {
        // Once: a fresh token that is refused too is not an accident.
        refused_(token);
        token = co_await get_token_();
        answer = co_await attempt(asked, token);
    }
    if (!answer) co_return answer.error();
    if (answer->status != 200) {
        auto refused = management_failure(*answer, what);
        if (answer->status == 401) refused_(token);
        co_return refused;
    }
    auto parsed = parse_dataset(answer->body);
    if (!parsed) {
        auto bad = parsed.error();
        bad.detail = what + ": " + bad.detail;
        co_return bad;
    }
    auto date = answer->headers.find("Date");
    if (date) parsed->served_at = parse_http_date(*date);
    co_return parsed;
}

}  // namespace kustodrop::kusto
