#include "azure/storage/queue_xml.hpp"

#include "azure/storage/xml_reader.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kustodrop::azure {

static constexpr std::size_t most_messages = 64;

namespace {

// Messages are base64 by custom only; other clients may have put plain text there.
std::string decoded(const std::string& text) {
    auto bytes = base64_decode(text);
    return bytes && is_valid_utf8(*bytes) ? *bytes : text;
}

void set_field(queue_message& message, std::string_view name, const std::string& text) {
    if (name == "MessageId") message.id = text;
    if (name == "PopReceipt") message.pop_receipt = text;
    if (name == "MessageText") message.text = decoded(std::string(trimmed(text)));
    if (name == "InsertionTime") {
        message.inserted_at = parse_http_date(trimmed(text)).value_or(wall_time{});
    }
    if (name == "DequeueCount") {
        auto digits = trimmed(text);
        std::from_chars(digits.data(), digits.data() + digits.size(), message.dequeue_count);
    }
}

}  // namespace

result<std::vector<queue_message>> parse_queue_messages(std::string_view xml) {
    using kind = xml_reader::kind;
    failure bad{errc::bad_answer, remedy::reroute, "the queue's answer is not a list of messages"};
    xml_reader reader(xml);
    std::vector<queue_message> out;
    std::vector<std::string> path;
    std::string text;
    bool is_list = false;
    for (;;) {
        auto token = reader.next();
        if (token.type == kind::bad) return bad;
        if (token.type == kind::end) break;
        if (token.type == kind::text) text += token.value;
        if (token.type == kind::open) {
            path.push_back(token.value);
            text.clear();
            is_list = is_list || path.front() == "QueueMessagesList";
            if (path.size() == 2 && token.value == "QueueMessage") out.emplace_back();
            if (out.size() > most_messages) return bad;
        }
        if (token.type == kind::close) {
            bool is_field = path.size() == 3 && path[1] == "QueueMessage";
            if (is_field) set_field(out.back(), token.value, text);
            path.pop_back();
            text.clear();
        }
    }
    if (!is_list) return bad;
    for (auto& message : out) {
        if (message.id.empty()) return bad;
    }
    return out;
}

std::string queue_message_xml(std::string_view text) {
    static constexpr std::string_view head =
        R"(<?xml version="1.0" encoding="utf-8"?><QueueMessage><MessageText>)";
    static constexpr std::string_view tail = "</MessageText></QueueMessage>";
    std::string out;
    out.reserve(head.size() + text.size() + tail.size());
    out += head;
    // Nearly always base64, in which nothing has to be escaped.
    auto has = [&](char c) { return text.find(c) != text.npos; };
    if (!has('<') && !has('>') && !has('&')) return out.append(text).append(tail);
    for (char c : text) {
        if (c == '<' || c == '>' || c == '&')
            out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
        else
            out += c;
    }
    out += tail;
    return out;
}

}  // namespace kustodrop::azure
