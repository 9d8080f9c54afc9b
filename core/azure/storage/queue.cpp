#include "azure/storage/queue.hpp"

#include "azure/storage/queue_xml.hpp"
#include "azure/storage/storage_error.hpp"
#include "azure/storage/storage_request.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::azure {

static constexpr unsigned most_messages = 32;
static constexpr std::size_t answer_bytes = 8u << 20u;  // 32 messages of 64 KiB, and their XML.
static constexpr std::chrono::seconds longest_visibility = std::chrono::hours(7 * 24);

http::request queue_client::prepared(http::verb method, http::url target, std::string operation) {
    auto out = storage_request(method, std::move(target), random_);
    out.service = "queue";
    out.operation = std::move(operation);
    out.max_answer_bytes = answer_bytes;
    out.total_timeout = answer_time_;
    return out;
}

// What a proxy puts in place of the service's answer may have the right status, but not its
// document.
static bool is_put(const http::response& answer) {
    bool is_document = answer.body.find("<QueueMessagesList") != std::string::npos;
    return answer.status == 201 && (is_document || trimmed(answer.body).empty());
}

asio::awaitable<result<void>> queue_client::put_message(http::url queue, std::string base64_text) {
    auto request = prepared(http::verb::post, queue.with_path_suffix("messages"), "put_message");
    request.headers.add("Content-Type", "application/xml");
    request.body = queue_message_xml(base64_text);
    request.idempotent = false;
    request.total_timeout.reset();
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (!is_put(*answer)) co_return storage_failure(*answer, what);
    co_return result<void>();
}

asio::awaitable<result<std::vector<queue_message>>> queue_client::messages(http::request request) {
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (answer->status != 200) co_return storage_failure(*answer, what);
    auto found = parse_queue_messages(answer->body);
    if (found) co_return found;
    auto bad = found.error();
    bad.detail = what + ": " + bad.detail;
    co_return bad;
}

static std::string counted(unsigned count) {
    return "numofmessages=" + std::to_string(std::clamp(count, 1u, most_messages));
}

asio::awaitable<result<std::vector<queue_message>>> queue_client::peek(
    http::url queue, unsigned count
) {
    auto target =
        queue.with_path_suffix("messages").with_parameters("peekonly=true&" + counted(count));
    co_return co_await messages(prepared(http::verb::get, std::move(target), "peek_messages"));
}

asio::awaitable<result<std::vector<queue_message>>> queue_client::get(
    http::url queue, unsigned count, duration visibility
) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(visibility);
    seconds = std::clamp(seconds, std::chrono::seconds(1), longest_visibility);
    auto target = queue.with_path_suffix("messages")
                      .with_parameters(
                          counted(count) + "&visibilitytimeout=" + std::to_string(seconds.count())
                      );
    co_return co_await messages(prepared(http::verb::get, std::move(target), "get_messages"));
}

static http::url place_of(const http::url& queue, const queue_message& message) {
    return queue.with_path_suffix("messages/" + percent_encode(message.id))
        .with_parameters("popreceipt=" + percent_encode(message.pop_receipt));
}

// Of one message that was taken: another reader has it by now.
static failure message_failure(
    const http::response& answer, std::string_view what, on_refusal refusal
) {
    auto out = storage_failure(answer, what, refusal);
    auto code = out.code.service_text();
    if (code == "PopReceiptMismatch" || code == "MessageNotFound") out.next = remedy::give_up;
    return out;
}

asio::awaitable<result<void>> queue_client::release(http::url queue, queue_message message) {
    auto target = place_of(queue, message).with_parameters("visibilitytimeout=0");
    auto request = prepared(http::verb::put, std::move(target), "update_message");
    // Repeated, it would carry the old receipt and fail; the lease lapses by itself anyway.
    request.idempotent = false;
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (answer->status == 204) co_return result<void>();
    co_return message_failure(*answer, what, on_refusal::accept);
}

asio::awaitable<result<void>> queue_client::remove(http::url queue, queue_message message) {
    auto request = prepared(http::verb::delete_, place_of(queue, message), "delete_message");
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    bool absent = answer->status == 404 && storage_error_code(*answer) == "MessageNotFound";
    if (answer->status == 204 || absent) co_return result<void>();
    co_return message_failure(*answer, what, on_refusal::refresh_resources);
}

}  // namespace kustodrop::azure
