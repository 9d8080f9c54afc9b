#include "kusto/rest/rest_client.hpp"

#include "kusto/dataset.hpp"
#include "kusto/rest/operation_status.hpp"

#include <utility>

namespace kustodrop::kusto {

static constexpr duration request_timeout = 60s;
static constexpr duration settings_timeout = 15s;  // Posts wait for the first answer.
static constexpr duration question_timeout = 30s;  // Others wait for their turn.
static const rest_client::gate always_open;
static constexpr std::size_t longest_answer = 8u << 20u;

failure post_failure(const http::response& answer, std::string_view what) {
    auto out = management_failure(answer, what);
    bool refused = answer.status == 429 || answer.status == 503;
    bool unclear = answer.status == 408 || answer.status >= 500 || answer.status < 300;
    out.maybe_acted = unclear && !refused;
    if (answer.status == 403) {
        out.hint =
            "ingestion by REST needs the roles Ingestor and Database User; grant them, or set "
            "cluster.transport to queued";
    }
    // Another request may still be answered: no answer to one of them is the end of a file.
    if (out.next == remedy::give_up) out.next = remedy::reconfigure;
    return out;
}

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

asio::awaitable<result<http::response>> rest_client::send(http::request request, gate closed) {
    auto why_closed = [&closed] { return closed ? closed() : std::nullopt; };
    auto token = co_await get_token_();
    if (auto why = why_closed()) co_return *why;
    auto first = request;
    add_client_headers(first.headers, options_, *token, random_);
    auto answer = co_await transport_.send(std::move(first));
    if (!answer || answer->status != 401) co_return answer;
    refused_(token);
    token = co_await get_token_();
    if (auto why = why_closed()) co_return *why;
    add_client_headers(request.headers, options_, *token, random_);
    answer = co_await transport_.send(std::move(request));
    if (answer && answer->status == 401) refused_(token);
    co_return answer;
}

asio::awaitable<settings_reply> rest_client::settings() {
    auto target = options_.endpoint.with_path("/v1/rest/ingestion/configuration");
    auto asked = prepared(http::verb::get, std::move(target), "get_configuration");
    asked.total_timeout = settings_timeout;
    auto answer = co_await send(std::move(asked), always_open);
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

asio::awaitable<result<std::string>> rest_client::post(
    std::string path, std::string body, gate closed
) {
    auto asked = prepared(http::verb::post, options_.endpoint.with_path(path), "post_blobs");
    asked.headers.add("Content-Type", "application/json");
    asked.body = std::move(body);
    auto answer = co_await send(std::move(asked), std::move(closed));
    if (!answer) co_return answer.error();
    bool is_accepted = answer->status >= 200 && answer->status < 300;
    if (!is_accepted) co_return post_failure(*answer, "post to " + host());
    auto id = parse_operation_id(answer->body);
    co_return id;
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
    auto answer = co_await send(std::move(asked), always_open);
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
