#include "emulator/storage/queue_service.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/storage/authorization.hpp"

#include <charconv>

namespace kustodrop::emulator {

static constexpr std::size_t text_limit = 64u << 10u;
static constexpr long week_seconds = 7 * 24 * 3600;

void queue_service::classify(exchange& one) const {
    split_path(one);
    one.service = "queue";
    bool whole_queue = one.object == "messages";
    if (!whole_queue && !one.object.starts_with("messages/")) return;
    one.object = whole_queue ? "" : one.object.substr(9);
    auto method = one.request.method;
    if (whole_queue && method == http::verb::post) one.operation = "put_message";
    if (whole_queue && method == http::verb::delete_) one.operation = "clear_messages";
    if (whole_queue && method == http::verb::get) {
        one.operation = one.has_parameter("peekonly", "true") ? "peek_messages" : "get_messages";
    }
    if (!whole_queue && method == http::verb::put) one.operation = "update_message";
    if (!whole_queue && method == http::verb::delete_) one.operation = "delete_message";
}

http::response queue_service::refusal(const service_error& error, const exchange& one) const {
    return xml_error(error, one, clock_.wall_now());
}

asio::awaitable<http::reply> queue_service::answer(exchange& one) {
    http::reply out;
    out.answer = act(one);
    co_return out;
}

static std::optional<sas_demand> demand_of(std::string_view operation) {
    sas_demand out;
    out.service = storage_service::queue;
    if (operation == "put_message") out.permissions = "a";
    if (operation == "get_messages") out.permissions = "p";
    if (operation == "peek_messages") out.permissions = "r";
    if (operation == "update_message") out.permissions = "u";
    if (operation == "delete_message") out.permissions = "p";
    if (operation == "clear_messages") {
        out.permissions = "p";
        out.account_permissions = "d";
    }
    if (out.permissions.empty()) return std::nullopt;
    return out;
}

http::response queue_service::act(exchange& one) {
    auto demand = demand_of(one.operation);
    if (!demand) {
        service_error error{405, "UnsupportedHttpVerb", "The resource doesn't support this."};
        return refusal(error, one);
    }
    if (auto error = authorize(layout_, one, *demand, clock_.wall_now()))
        return refusal(*error, one);
    queue_place place{one.account, one.resource};
    if (one.operation == "put_message") return put(one, place);
    if (one.operation == "get_messages") return get(one, place, true);
    if (one.operation == "peek_messages") return get(one, place, false);
    if (one.operation == "update_message") return update(one, place);
    if (one.operation == "delete_message") return remove(one, place);
    store_.clear(place);
    http::response out;
    out.status = 204;
    return out;
}

namespace {

// A whole number in a range from the query; the default where it is absent.
struct number {
    std::string_view name;
    long minimum = 0;
    long maximum = 0;
    long fallback = 0;
};

std::optional<service_error> read(const exchange& one, const number& n, long& value) {
    value = n.fallback;
    auto text = one.parameter(n.name);
    if (!text) return std::nullopt;
    auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (failed != std::errc() || end != text->data() + text->size()) {
        return service_error{
            400,
            "InvalidQueryParameterValue",
            "Value for one of the query parameters specified in the request URI is invalid.",
            {{"QueryParameterName", std::string(n.name)},
             {"QueryParameterValue", std::string(*text)}}};
    }
    if (value >= n.minimum && value <= n.maximum) return std::nullopt;
    return service_error{
        400,
        "OutOfRangeQueryParameterValue",
        "One of the query parameters specified in the request URI is outside the permissible "
        "range.",
        {{"QueryParameterName", std::string(n.name)},
         {"QueryParameterValue", std::string(*text)},
         {"MinimumAllowed", std::to_string(n.minimum)},
         {"MaximumAllowed", std::to_string(n.maximum)}}};
}

std::string unescaped(std::string_view text) {
    static constexpr std::pair<std::string_view, char> entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    std::string out;
    while (!text.empty()) {
        bool replaced = false;
        for (auto& [entity, plain] : entities) {
            if (!text.starts_with(entity)) continue;
            out += plain;
            text.remove_prefix(entity.size());
            replaced = true;
            break;
        }
        if (replaced) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

// The text of <QueueMessage><MessageText>…</MessageText></QueueMessage>.
std::optional<std::string> message_text(std::string_view body) {
    static constexpr std::string_view open = "<MessageText>";
    static constexpr std::string_view close = "</MessageText>";
    if (body.find("<QueueMessage>") == std::string_view::npos) return std::nullopt;
    if (body.find("</QueueMessage>") == std::string_view::npos) return std::nullopt;
    auto from = body.find(open);
    auto to = body.find(close);
    if (from == std::string_view::npos || to == std::string_view::npos) {
        auto empty = body.find("<MessageText/>") != std::string_view::npos ||
                     body.find("<MessageText />") != std::string_view::npos;
        return empty ? std::optional<std::string>("") : std::nullopt;
    }
    from += open.size();
    if (to < from) return std::nullopt;
    return unescaped(body.substr(from, to - from));
}

const service_error bad_xml{400, "InvalidXmlDocument", "XML specified is not syntactically valid."};

const service_error too_large{
    413,
    "RequestBodyTooLarge",
    "The request body is too large and exceeds the maximum permissible limit.",
    {{"MaxLimit", std::to_string(text_limit)}}};

service_error not_done(queue_answer answer) {
    if (answer == queue_answer::receipt_mismatch) {
        return {
            400,
            "PopReceiptMismatch",
            "The specified pop receipt did not match the pop receipt for a dequeued message."};
    }
    return {404, "MessageNotFound", "The specified message does not exist."};
}

std::string element(std::string_view name, std::string_view value) {
    std::string out = "<";
    out += name;
    out += ">";
    out += xml_escape(value);
    out += "</";
    out += name;
    out += ">";
    return out;
}

enum class face { put, leased, peeked };

std::string message_element(const message_record& message, face face) {
    std::string out = "<QueueMessage>" + element("MessageId", message.id);
    out += element("InsertionTime", to_http_date(message.inserted));
    out += element("ExpirationTime", to_http_date(message.expires));
    if (face != face::peeked) {
        out += element("PopReceipt", message.receipt);
        out += element("TimeNextVisible", to_http_date(message.visible));
    }
    if (face != face::put) {
        out += element("DequeueCount", std::to_string(message.dequeues));
        out += element("MessageText", message.text);
    }
    return out + "</QueueMessage>";
}

std::optional<service_error> read_text(const exchange& one, std::string& text) {
    // Twice the limit leaves room for escapes.
    if (one.body_bytes() > 2 * text_limit + 1024) return too_large;
    auto found = message_text(one.request.body);
    if (!found) return bad_xml;
    if (found->size() > text_limit) return too_large;
    text = std::move(*found);
    return std::nullopt;
}

}  // namespace

http::response queue_service::put(const exchange& one, const queue_place& place) {
    long hidden = 0;
    long lives = 0;
    std::string text;
    auto error = read_text(one, text);
    if (!error) error = read(one, {"visibilitytimeout", 0, week_seconds, 0}, hidden);
    if (!error) error = read(one, {"messagettl", -1, 1L << 31, week_seconds}, lives);
    if (error) return refusal(*error, one);
    std::optional<duration> time_to_live;
    if (lives > 0) time_to_live = std::chrono::seconds(lives);
    bool to_ingest = place.queue.starts_with("readyforaggregation");
    message_record message;
    if (to_ingest && discard_) {
        discard_(text);
        message = store_.fresh(place, "");
    } else {
        message = store_.put(place, std::move(text), std::chrono::seconds(hidden), time_to_live);
    }
    if (to_ingest && !discard_) {
        auto json = base64_decode(message.text).value_or(message.text);
        database_.record_posted(
            {0, place.account, place.queue, message.id, std::move(json), message.inserted}
        );
    }
    return xml_answer(
        201, "<QueueMessagesList>" + message_element(message, face::put) + "</QueueMessagesList>"
    );
}

http::response queue_service::get(const exchange& one, const queue_place& place, bool leases) {
    long count = 1;
    long hidden = 30;
    auto error = read(one, {"numofmessages", 1, 32, 1}, count);
    if (!error && leases) error = read(one, {"visibilitytimeout", 1, week_seconds, 30}, hidden);
    if (error) return refusal(*error, one);
    auto wanted = static_cast<std::size_t>(count);
    auto messages = leases ? store_.get(place, wanted, std::chrono::seconds(hidden))
                           : store_.peek(place, wanted);
    if (messages.empty()) return xml_answer(200, "<QueueMessagesList />");
    std::string list = "<QueueMessagesList>";
    for (auto& message : messages) {
        list += message_element(message, leases ? face::leased : face::peeked);
    }
    return xml_answer(200, list + "</QueueMessagesList>");
}

static service_error missing(std::string name) {
    return {
        400,
        "MissingRequiredQueryParameter",
        "A query parameter that's mandatory for this request is not specified.",
        {{"QueryParameterName", std::move(name)}}};
}

http::response queue_service::update(const exchange& one, const queue_place& place) {
    long hidden = 0;
    auto receipt = one.parameter("popreceipt");
    if (!receipt) return refusal(missing("popreceipt"), one);
    if (!one.parameter("visibilitytimeout")) return refusal(missing("visibilitytimeout"), one);
    auto error = read(one, {"visibilitytimeout", 0, week_seconds, 0}, hidden);
    std::optional<std::string> text;
    if (!error && one.body_bytes() > 0) error = read_text(one, text.emplace());
    if (error) return refusal(*error, one);
    message_record message;
    message.id = one.object;
    message.receipt = *receipt;
    auto answer = store_.update(place, message, std::chrono::seconds(hidden), std::move(text));
    if (answer != queue_answer::done) return refusal(not_done(answer), one);
    http::response out;
    out.status = 204;
    out.headers.add("x-ms-popreceipt", message.receipt);
    out.headers.add("x-ms-time-next-visible", to_http_date(message.visible));
    return out;
}

http::response queue_service::remove(const exchange& one, const queue_place& place) {
    auto receipt = one.parameter("popreceipt");
    if (!receipt) return refusal(missing("popreceipt"), one);
    auto answer = store_.remove(place, one.object, *receipt);
    if (answer != queue_answer::done) return refusal(not_done(answer), one);
    http::response out;
    out.status = 204;
    return out;
}

}  // namespace kustodrop::emulator
