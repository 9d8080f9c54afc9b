#pragma once

#include "async/awaitable.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "http/transport.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::test {

/// Storage as an ingestor sees it: a few queues, blobs and entities in memory, without signatures.
class scripted_storage : public http::transport {
public:
    struct message {
        std::string id;
        std::string text;
        unsigned deliveries = 0;
        bool hidden = false;
    };

    std::map<std::string, std::deque<message>> queues;    // By path: "/ready".
    std::map<std::string, std::string> blobs;             // By path.
    std::map<std::string, std::vector<unsigned>> broken;  // "operation": the next answers' status.
    std::map<std::string, std::string> entities;          // By path: the last merge.
    std::vector<http::request> requests;

    void post(const std::string& queue, const std::string& json) {
        auto id = "message-" + std::to_string(++count_);
        queues[queue].push_back({id, base64_encode(json)});
    }

    void show_again() {
        for (auto& [path, queue] : queues) {
            for (auto& one : queue) one.hidden = false;
        }
    }

    std::vector<std::string> texts(const std::string& queue) {
        std::vector<std::string> out;
        for (auto& one : queues[queue]) out.push_back(*base64_decode(one.text));
        return out;
    }

    asio::awaitable<result<http::response>> send(http::request request) override {
        requests.push_back(request);
        auto& statuses = broken[request.operation];
        if (!statuses.empty()) {
            auto status = statuses.front();
            statuses.erase(statuses.begin());
            http::response answer;
            answer.status = status;
            co_return answer;
        }
        co_return answer_to(request);
    }

private:
    static http::response with(unsigned status, std::string body = "") {
        http::response out;
        out.status = status;
        out.body = std::move(body);
        return out;
    }

    http::response answer_to(const http::request& request) {
        auto path = request.target.path();
        if (request.service == "blob") return blob(request, path);
        if (request.service == "table") {
            entities[path] = request.body;
            return with(204);
        }
        auto at = path.find("/messages");
        auto& queue = queues[path.substr(0, at)];
        if (request.operation == "get_messages") return taken(queue);
        if (request.operation == "put_message") {
            auto begin = request.body.find("<MessageText>") + 13;
            auto size = request.body.find("</MessageText>") - begin;
            queue.push_back({"note-" + std::to_string(++count_), request.body.substr(begin, size)});
            return with(201);
        }
        auto id = path.substr(at + 10);
        auto receipt = request.target.parameter("popreceipt");
        auto removed = std::erase_if(queue, [&](auto& one) {
            return one.id == id && receipt == receipt_of(one);
        });
        return with(removed > 0 ? 204 : 400);
    }

    static std::string receipt_of(const message& one) {
        return one.id + "+" + std::to_string(one.deliveries);
    }

    http::response taken(std::deque<message>& queue) {
        std::string xml;
        int count = 0;
        for (auto& one : queue) {
            if (one.hidden || count == 32) continue;
            ++count;
            one.hidden = true;
            ++one.deliveries;
            xml += "<QueueMessage><MessageId>" + one.id + "</MessageId><PopReceipt>" +
                   receipt_of(one) + "</PopReceipt><DequeueCount>" +
                   std::to_string(one.deliveries) + "</DequeueCount><MessageText>" + one.text +
                   "</MessageText></QueueMessage>";
        }
        return with(200, "<QueueMessagesList>" + xml + "</QueueMessagesList>");
    }

    http::response blob(const http::request& request, const std::string& path) {
        auto found = blobs.find(path);
        if (found == blobs.end()) return with(404);
        if (request.operation == "delete_blob") {
            blobs.erase(found);
            return with(202);
        }
        if (found->second.empty()) return with(416);
        auto range = request.headers.find("x-ms-range").value();
        auto first = std::stoull(std::string(range.substr(6)));
        auto last = std::stoull(std::string(range.substr(range.find('-') + 1)));
        auto answer = with(206, found->second.substr(first, last - first + 1));
        answer.headers.add("ETag", "\"1\"");
        answer.headers.add("Content-Range", "bytes 0-0/" + std::to_string(found->second.size()));
        return answer;
    }

    unsigned count_ = 0;
};

}  // namespace kustodrop::test
