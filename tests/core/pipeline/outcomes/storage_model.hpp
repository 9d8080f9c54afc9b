#pragma once

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "support/scripted_transport.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::test {

/// The notification queues and the status table of a cluster, for as much of Azure Storage as the
/// pollers use. Queue "success" and queue "failure" at q.example, table "status" at t.example;
/// queues at other hosts are "HOST/NAME".
class storage_model {
public:
    struct message {
        std::string id;
        std::string text;
        wall_time inserted_at{};
        time_point hidden_until{};
        unsigned receipts = 0;
    };

    storage_model(scripted_transport& network, const time_source& time) : time_(time) {
        network.always = [this](const http::request& asked) { return answer(asked); };
    }

    void put(const std::string& queue, std::string text) {
        message one;
        one.id = "m" + std::to_string(++last_);
        one.text = std::move(text);
        one.inserted_at = time_.wall_now();
        queues[queue].push_back(one);
    }

    /// Notifications of others, which name sources that are not ours.
    void put_foreign(const std::string& queue, int count) {
        for (int i = 0; i < count; ++i) {
            auto digits = std::to_string(++last_);
            auto id = "ffffffff-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
            put(queue, R"({"IngestionSourceId":")" + id + R"("})");
        }
    }

    std::size_t visible(const std::string& queue) {
        auto is_visible = [this](const message& one) { return one.hidden_until <= time_.now(); };
        return static_cast<std::size_t>(std::ranges::count_if(queues[queue], is_visible));
    }

    std::size_t asked(const std::string& operation) const {
        auto found = operations.find(operation);
        return found == operations.end() ? 0 : found->second;
    }

    std::map<std::string, std::vector<message>> queues;
    std::map<std::string, std::string> rows;  // By "PartitionKey/last digits of RowKey".
    std::map<std::string, std::size_t> operations;
    std::map<std::string, unsigned> refused;  // By operation: with this status.
    std::string refused_code;                 // And this code, if any.

private:
    result<http::response> answer(const http::request& asked) {
        ++operations[asked.operation];
        auto found = refused.find(asked.operation);
        if (found != refused.end()) {
            return http::response{found->second, {{"x-ms-error-code", refused_code}}, {}};
        }
        if (asked.operation == "get_entity") return row(asked);
        if (asked.operation == "delete_message") return remove(asked);
        if (asked.operation == "update_message") return release(asked);
        return hand_out(asked, asked.operation == "get_messages");
    }

    static std::string queue_of(const http::request& asked) {
        auto path = asked.target.path().substr(1);
        auto name = std::string(path.substr(0, path.find('/')));
        auto host = asked.target.host();
        return host == "q.example" ? name : host + "/" + name;
    }

    std::string receipt_of(const message& one) const {
        return one.id + "-" + std::to_string(one.receipts);
    }

    http::response hand_out(const http::request& asked, bool takes) {
        auto most = std::stoul(*asked.target.parameter("numofmessages"));
        std::string body = "<QueueMessagesList>";
        for (auto& one : queues[queue_of(asked)]) {
            if (one.hidden_until > time_.now() || most == 0) continue;
            --most;
            body += "<QueueMessage><MessageId>" + one.id + "</MessageId><InsertionTime>" +
                    to_http_date(one.inserted_at) + "</InsertionTime>";
            if (takes) {
                auto seconds = std::stol(*asked.target.parameter("visibilitytimeout"));
                one.hidden_until = time_.now() + std::chrono::seconds(seconds);
                ++one.receipts;
                body += "<PopReceipt>" + receipt_of(one) + "</PopReceipt>";
            }
            body += "<MessageText>" + base64_encode(one.text) + "</MessageText></QueueMessage>";
        }
        return {200, {}, body + "</QueueMessagesList>"};
    }

    message* find(const http::request& asked) {
        auto path = std::string(asked.target.path());
        auto id = path.substr(path.rfind('/') + 1);
        for (auto& one : queues[queue_of(asked)]) {
            if (one.id == id && receipt_of(one) == *asked.target.parameter("popreceipt")) {
                return &one;
            }
        }
        return nullptr;
    }

    http::response remove(const http::request& asked) {
        auto* one = find(asked);
        if (!one) return {400, {}, "<Error><Code>PopReceiptMismatch</Code></Error>"};
        auto id = one->id;
        std::erase_if(queues[queue_of(asked)], [&](const message& any) { return any.id == id; });
        return {204, {}, {}};
    }

    http::response release(const http::request& asked) {
        auto* one = find(asked);
        if (!one) return {400, {}, "<Error><Code>PopReceiptMismatch</Code></Error>"};
        one->hidden_until = {};
        return {204, {}, {}};
    }

    http::response row(const http::request& asked) const {
        auto path = std::string(asked.target.path());
        for (auto& [key, text] : rows) {
            auto source = key.substr(0, key.find('/'));
            auto post = key.substr(key.find('/') + 1);
            if (path.find(source) == std::string::npos) continue;
            if (path.find(
                    "RowKey='00000000-0000-0000-0000-" + std::string(12 - post.size(), '0') + post +
                    "'"
                ) == std::string::npos) {
                continue;
            }
            return {200, {}, text};
        }
        return {404, {}, R"({"odata.error":{"code":"ResourceNotFound"}})"};
    }

    const time_source& time_;
    int last_ = 0;
};

}  // namespace kustodrop::test
