#pragma once

#include "emulator/ingest/ingestor.hpp"
#include "emulator/ingest/scripted_storage.hpp"
#include "support/world.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace kustodrop::test {

namespace json = boost::json;

/// An ingestor of one second's batching with a table `Db.T(a:string,n:long)`.
struct ingestor_service : world {
    scripted_storage storage;
    std::vector<std::string> log_lines;
    logger log{clock, log_level::debug, log_format::text, [this](std::string_view line) {
                   log_lines.emplace_back(line);
               }};
    worker_pool pool{0};
    emulator::ingestor_options options = [] {
        emulator::ingestor_options out;
        out.tables = {"Db.T(a:string,n:long)", "Db.Other(a:string)"};
        out.mappings = {R"(Db.T.M(Json)=[{"column":"a","Path":"$.x"}])"};
        return out;
    }();
    std::unique_ptr<emulator::ingestor> subject;
    std::shared_ptr<task<std::monostate>> running;
    int renewals = 0;

    static http::url at(const std::string& path) {
        return *http::url::parse("http://127.0.0.1:1" + path + "?sig=full");
    }

    void run() {
        emulator::identity_check identity;
        identity.valid = [](std::string_view token) { return token == "ok"; };
        if (!subject) {
            subject = std::make_unique<emulator::ingestor>(
                io.get_executor(), clock, log, pool, options, identity
            );
        }
        emulator::storage_access access{
            storage,
            {at("/ready-0"), at("/ready-1")},
            {at("/failed-0"), at("/failed-1")},
            {at("/done-0"), at("/done-1")},
            at("/status"),
            [this](emulator::storage_access&) { ++renewals; },
            "inner",
            {},
            {at("/own")}};
        running = start(subject->run(std::move(access)));
    }

    ~ingestor_service() {
        if (running && !running->done()) cancel(*running);
    }

    // A message for the blob at `path`, as JSON that a test may change.
    json::object message(int number, const std::string& path) {
        auto id = "00000000-0000-4000-8000-00000000000" + std::to_string(number);
        json::object bag;
        bag["authorizationContext"] = "ok";
        bag["format"] = "csv";
        json::object out;
        out["Id"] = id;
        out["BlobPath"] = "http://127.0.0.1:1" + path + "?sig=s";
        out["RawDataSize"] = storage.blobs[path].size();
        out["DatabaseName"] = "Db";
        out["TableName"] = "T";
        out["RetainBlobOnSuccess"] = true;
        out["ReportLevel"] = 2;
        out["AdditionalProperties"] = std::move(bag);
        return out;
    }

    void post(const json::object& message, const std::string& queue = "/ready-0") {
        storage.post(queue, json::serialize(message));
    }

    // Long enough for a poll, a batch and the work that follows.
    void one_batch() {
        for (int i = 0; i < 30; ++i) pass(100ms);
    }

    std::vector<json::object> reports(const std::string& kind) {
        std::vector<json::object> out;
        for (auto number : {"0", "1"}) {
            for (auto& text : storage.texts("/" + kind + "-" + number)) {
                out.push_back(json::parse(text).as_object());
            }
        }
        return out;
    }

    std::vector<std::string> codes() {
        std::vector<std::string> out;
        for (auto& one : reports("failed")) out.emplace_back(one.at("ErrorCode").as_string());
        std::sort(out.begin(), out.end());
        return out;
    }

    http::response asked(const std::string& query, bool v2 = false) {
        auto task = start(subject->query("Db", query, v2));
        return task->value.value();
    }

    // The rows of the answer, as JSON.
    std::string rows(const std::string& query) {
        auto answer = asked(query);
        auto parsed = json::parse(answer.body);
        if (answer.status != 200) return answer.body;
        return json::serialize(parsed.at("Tables").at(0).at("Rows"));
    }

    std::uint64_t stat(std::string_view name) {
        return subject->stats().at(name).to_number<std::uint64_t>();
    }
};

}  // namespace kustodrop::test
