#include "kusto/rest/rest_client.hpp"

#include "kusto/dataset.hpp"

#include <utility>

namespace kustodrop::kusto {

static constexpr duration request_timeout = 60s;
static constexpr duration settings_timeout = 15s;  // Posts wait for the first answer.
static constexpr duration question_timeout = 30s;  // Others wait for their turn.
static constexpr std::size_t longest_answer = 8u << 20u;

rest_client::rest_client(
    http::transport& transport, random_generator& random, management_options options
)
    : transport_(transport), random_(random), options_(std::move(options)) {}

void rest_client::authenticate_with(
    management_client::token_getter get, management_client::refusal_handler refused
) {
    get_token_ = std::move(get);
    refused_ = std::move(refused);
}

http::request rest_client::prepared(http::verb method, http::url target, std::string operation)
    const {
    http::request out;
    out.method = method;
    out.target = std::move(target);
    out.service = "rest";
    out.operation = std::move(operation);
    out.idempotent = method == http::verb::get;
    out.total_timeout = request_timeout;
    out.max_answer_bytes = longest_answer;
    return out;
}

asio::awaitable<result<http::response>> rest_client::send(http::request request, errand what) {
    auto why_closed = [&what] { return what.closed ? what.closed() : std::nullopt; };
    auto token = co_await get_token_();
    if (auto why = why_closed()) co_return *why;
    auto first = request;
    add_client_headers(first.headers, options_, *token, random_);
    auto answer = co_await transport_.send(std::move(first));
    if (!answer) co_return answer;
    if (answer->status != 401) {
        refusals_.accepted(what.place, token);
        co_return answer;
    }
    if (!refusals_.blames_token(what.place, token)) co_return answer;
    refused_(token);
    auto other = co_await get_token_();
    if (other == token) {
        // It is too young to be to blame, or cannot be replaced now.
        refusals_.refused_another(what.place);
        co_return answer;
    }
    if (auto why = why_closed()) co_return *why;
    add_client_headers(request.headers, options_, *other, random_);
    answer = co_await transport_.send(std::move(request));
    if (!answer) co_return answer;
    if (answer->status == 401) {
        refusals_.refused_another(what.place);
    } else {
        refusals_.accepted(what.place, other);
    }
    co_return answer;
}

asio::awaitable<settings_reply> rest_client::settings() {
    auto target = options_.endpoint.with_path("/v1/rest/ingestion/configuration");
    auto asked = prepared(http::verb::get, std::move(target), "get_configuration");
    asked.total_timeout = settings_timeout;
    errand what{"configuration"};
    auto answer = co_await send(std::move(asked), std::move(what));
    settings_reply out;
    if (!answer) {
        out.problem = answer.error();
        co_return out;
    }
    out.answer.status = answer->status;
    out.answer.retry_after = http::retry_after(*answer);
    if (answer->status != 200) {
        out.problem = management_failure(*answer, "ingestion configuration of " + host());
        co_return out;
    }
    auto read = parse_rest_settings(answer->body);
    if (read) {
        out.answer.settings = *read;
    } else {
        out.problem = read.error();
    }
    co_return out;
}

asio::awaitable<post_reply> rest_client::post(std::string path, std::string body, gate closed) {
    errand what{path, std::move(closed)};
    auto asked = prepared(http::verb::post, options_.endpoint.with_path(path), "post_blobs");
    asked.headers.add("Content-Type", "application/json");
    asked.body = std::move(body);
    auto answer = co_await send(std::move(asked), std::move(what));
    co_return judge_post(answer, "post to " + host());
}

// How the service answers for an id that it does not know, or no longer, is not documented. None of
// these says anything of other operations.
static bool is_about_the_operation(unsigned status) {
    return status == 400 || status == 404 || status == 410;
}

asio::awaitable<operation_answer> rest_client::status(std::string path, bool details) {
    auto target = options_.endpoint.with_path(path);
    target = target.with_parameters(details ? "details=true" : "details=false");
    auto asked = prepared(http::verb::get, std::move(target), "get_operation");
    asked.total_timeout = question_timeout;
    // Of all operations of its table.
    errand what{"operations of " + path.substr(0, path.rfind('/'))};
    auto answer = co_await send(std::move(asked), std::move(what));
    operation_answer said;
    if (!answer) {
        said.problem = answer.error();
        co_return said;
    }
    said.status = answer->status;
    if (answer->status == 200) {
        said.body = std::move(answer->body);
        co_return said;
    }
    said.is_known = !is_about_the_operation(answer->status);
    said.problem = management_failure(*answer, "operation at " + host());
    if (answer->status == 403) {
        said.problem->hint =
            "the principal needs the roles Ingestor and Database User to read what became of an "
            "operation";
    }
    co_return said;
}

}  // namespace kustodrop::kusto
