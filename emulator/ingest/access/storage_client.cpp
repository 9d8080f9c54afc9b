#include "emulator/ingest/access/storage_client.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <charconv>
#include <utility>

namespace kustodrop::emulator {

static constexpr auto storage_version = "2020-10-02";

static std::string inside(std::string_view xml, std::string_view name) {
    auto open = "<" + std::string(name) + ">";
    auto begin = xml.find(open);
    if (begin == xml.npos) return {};
    begin += open.size();
    auto end = xml.find("</" + std::string(name) + ">", begin);
    return std::string(xml.substr(begin, end == xml.npos ? end : end - begin));
}

static std::string unescaped(std::string text) {
    static constexpr std::pair<std::string_view, char> entities[]{
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    for (auto& [entity, c] : entities) {
        for (auto at = text.find(entity); at != text.npos; at = text.find(entity, at + 1)) {
            text.replace(at, entity.size(), 1, c);
        }
    }
    return text;
}

std::vector<queued_message> read_messages(std::string_view xml, std::size_t queue) {
    static constexpr std::string_view open = "<QueueMessage>";
    static constexpr std::string_view close = "</QueueMessage>";
    std::vector<queued_message> out;
    for (auto at = xml.find(open); at != xml.npos; at = xml.find(open, at + 1)) {
        auto element = xml.substr(at, xml.find(close, at) - at);
        queued_message one;
        one.ticket.queue = queue;
        one.ticket.message_id = inside(element, "MessageId");
        one.ticket.pop_receipt = unescaped(inside(element, "PopReceipt"));
        auto count = inside(element, "DequeueCount");
        std::from_chars(count.data(), count.data() + count.size(), one.ticket.dequeue_count);
        one.text = unescaped(inside(element, "MessageText"));
        out.push_back(std::move(one));
    }
    return out;
}

static bool is_transient(unsigned status) {
    return status == 408 || status == 429 || status >= 500;
}

static std::string storage_code(const http::response& answer) {
    if (auto code = answer.headers.find("x-ms-error-code")) return std::string(*code);
    auto code = inside(answer.body, "Code");
    return code.empty() ? "HTTP " + std::to_string(answer.status) : code;
}

static failure storage_failure(const http::response& answer) {
    failure out;
    out.code = service_code(storage_code(answer));
    out.next = is_transient(answer.status) ? remedy::retry : remedy::give_up;
    out.detail = "storage answered " + std::to_string(answer.status) + " " + out.code.text();
    return out;
}

failure download_failure(unsigned status, std::string_view storage_code) {
    failure out;
    out.next = remedy::give_up;
    if (status == 401 || status == 403) {
        out.code = service_code("Download_Forbidden");
    } else if (status == 404) {
        out.code = service_code("Download_SourceNotFound");
    } else if (status == 412) {
        out.code = service_code("Download_AccessConditionNotSatisfied");
    } else if (status == 400) {
        out.code = service_code("Download_BadRequest");
    } else if (is_transient(status)) {
        out.code = service_code("Download_UnknownError");
        out.next = remedy::retry;
    } else {
        out.code = service_code("Download_NotTransient");
    }
    out.detail = "The blob could not be downloaded: storage answered " + std::to_string(status) +
                 " " + std::string(storage_code) + ".";
    return out;
}

storage_client::storage_client(storage_access access, clock& clock)
    : access_(std::move(access)), clock_(clock) {}

void storage_client::report_received(const queued_message& message) const {
    if (!access_.received) return;
    access_.received(message.ticket.queue, message.ticket.message_id, message.text);
}

bool storage_client::is_ours(const http::url& target) const {
    for (auto& queue : access_.ready_queues) {
        if (queue.host() == target.host()) return true;
    }
    return false;
}

void storage_client::renew_soon_after_refusal() {
    static constexpr duration pause = 10s;
    auto now = clock_.now();
    if (!access_.renew || (renewed_ != time_point::min() && now - renewed_ < pause)) return;
    renewed_ = now;
    access_.renew(access_);
}

asio::awaitable<result<http::response>> storage_client::send(http::request request) {
    request.headers.add("x-ms-version", storage_version);
    if (!access_.internal_header_value.empty() && is_ours(request.target)) {
        request.headers.add("x-emulator-internal", access_.internal_header_value);
    }
    auto answer = co_await access_.transport.send(std::move(request));
    co_return answer;
}

asio::awaitable<result<>> storage_client::act(http::request request) {
    auto answer = co_await send(std::move(request));
    if (!answer) co_return answer.error();
    if (answer->status / 100 == 2) co_return result<>();
    if (answer->status == 403) renew_soon_after_refusal();
    co_return storage_failure(*answer);
}

asio::awaitable<result<std::vector<queued_message>>> storage_client::take_messages(
    std::size_t queue, std::chrono::seconds hidden
) {
    http::request request;
    request.target = access_.ready_queues[queue]
                         .with_path_suffix("messages")
                         .with_parameters(
                             "numofmessages=32&visibilitytimeout=" + std::to_string(hidden.count())
                         );
    request.service = "queue";
    request.operation = "get_messages";
    auto answer = co_await send(std::move(request));
    if (!answer) co_return answer.error();
    if (answer->status == 403) renew_soon_after_refusal();
    if (answer->status != 200) co_return storage_failure(*answer);
    co_return read_messages(answer->body, queue);
}

asio::awaitable<result<>> storage_client::delete_message(queue_ticket ticket) {
    http::request request;
    request.method = http::verb::delete_;
    request.target = access_.ready_queues[ticket.queue]
                         .with_path_suffix("messages/" + percent_encode(ticket.message_id))
                         .with_parameters("popreceipt=" + percent_encode(ticket.pop_receipt));
    request.service = "queue";
    request.operation = "delete_message";
    auto done = co_await act(std::move(request));
    co_return done;
}

asio::awaitable<result<>> storage_client::put_notification(bool failed, std::string text) {
    auto& queues = failed ? access_.failed_queues : access_.successful_queues;
    auto& next = failed ? next_failed_ : next_successful_;
    if (queues.empty()) co_return result<>();
    http::request request;
    request.method = http::verb::post;
    request.target = queues[next++ % queues.size()].with_path_suffix("messages");
    request.headers.add("Content-Type", "application/xml");
    request.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessage><MessageText>" +
                   base64_encode(text) + "</MessageText></QueueMessage>";
    request.service = "queue";
    request.operation = "put_message";
    request.idempotent = false;
    auto done = co_await act(std::move(request));
    co_return done;
}

// A quote within an OData key is doubled.
static std::string odata_key(std::string_view text) {
    std::string doubled;
    for (char c : text) {
        if (c == '\'') doubled += c;
        doubled += c;
    }
    return "'" + percent_encode(doubled) + "'";
}

asio::awaitable<result<>> storage_client::merge_status(status_entity entity, std::string text) {
    auto table = entity.table ? entity.table : access_.status_table;
    if (!table) co_return result<>();
    auto path = table->path() + "(PartitionKey=" + odata_key(entity.partition_key) +
                ",RowKey=" + odata_key(entity.row_key) + ")";
    http::request request;
    request.method = http::verb::post;
    request.target = table->with_path(path).with_parameters(table->query());
    // The verb MERGE goes through every proxy and client as this header.
    request.headers.add("X-HTTP-Method", "MERGE");
    request.headers.add("DataServiceVersion", "3.0");
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Accept", "application/json;odata=nometadata");
    request.body = std::move(text);
    request.service = "table";
    request.operation = "merge_entity";
    auto done = co_await act(std::move(request));
    co_return done;
}

static std::uint64_t total_of(const http::response& answer) {
    auto range = answer.headers.find("Content-Range");
    auto slash = range ? range->find('/') : std::string_view::npos;
    if (slash == std::string_view::npos) return answer.body.size();
    std::uint64_t total = 0;
    std::from_chars(range->data() + slash + 1, range->data() + range->size(), total);
    return total;
}

asio::awaitable<result<blob_part>> storage_client::read_blob(
    http::url blob, std::uint64_t offset, std::uint64_t size, std::string etag
) {
    static constexpr std::size_t headroom = 65536;
    auto range = "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + size - 1);
    http::request request;
    request.target = std::move(blob);
    request.headers.add("x-ms-range", range);
    request.headers.add("Range", range);
    if (!etag.empty()) request.headers.add("If-Match", etag);
    request.service = "blob";
    request.operation = "get_blob";
    request.max_answer_bytes = static_cast<std::size_t>(size) + headroom;
    auto answer = co_await send(std::move(request));
    if (!answer) {
        failure why = answer.error();
        why.code = service_code("Download_UnknownError");
        why.detail = "The blob could not be downloaded: " + why.detail;
        why.next = remedy::retry;
        co_return why;
    }
    blob_part out;
    if (answer->status == 416 && offset == 0) co_return out;  // No range of an empty blob.
    if (answer->status != 200 && answer->status != 206) {
        auto code = storage_code(*answer);
        co_return download_failure(answer->status, code);
    }
    out.total = total_of(*answer);
    if (auto tag = answer->headers.find("ETag")) out.etag = std::string(*tag);
    out.bytes = std::move(answer->body);
    co_return out;
}

// With the right to delete it, where it lies in a container of the service.
http::url storage_client::deletable(http::url blob) const {
    for (auto& container : access_.containers) {
        auto folder = container.path() + "/";
        if (container.origin() != blob.origin() || !blob.path().starts_with(folder)) continue;
        return container.with_path_suffix(blob.path().substr(folder.size()));
    }
    return blob;
}

asio::awaitable<result<>> storage_client::delete_blob(http::url blob) {
    http::request request;
    request.method = http::verb::delete_;
    request.target = deletable(std::move(blob));
    request.service = "blob";
    request.operation = "delete_blob";
    auto done = co_await act(std::move(request));
    co_return done;
}

}  // namespace kustodrop::emulator
