#include "emulator/ingestor.hpp"

#include "emulator/scripted_storage.hpp"
#include "support/world.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

/// An ingestor of one second's batching with a table `Db.T(a:string,n:long)`.
struct service : test::world {
    test::scripted_storage storage;
    std::vector<std::string> log_lines;
    logger log{clock, log_level::debug, log_format::text, [this](std::string_view line) {
                   log_lines.emplace_back(line);
               }};
    worker_pool pool{0};
    ingestor_options options = [] {
        ingestor_options out;
        out.tables = {"Db.T(a:string,n:long)", "Db.Other(a:string)"};
        out.mappings = {R"(Db.T.M(Json)=[{"column":"a","Path":"$.x"}])"};
        return out;
    }();
    std::unique_ptr<ingestor> subject;
    std::shared_ptr<test::task<std::monostate>> running;
    int renewals = 0;

    static http::url at(const std::string& path) {
        return *http::url::parse("http://127.0.0.1:1" + path + "?sig=full");
    }

    void run() {
        identity_check identity;
        identity.valid = [](std::string_view token) { return token == "ok"; };
        if (!subject) {
            subject =
                std::make_unique<ingestor>(io.get_executor(), clock, log, pool, options, identity);
        }
        storage_access access{
            storage,
            {at("/ready-0"), at("/ready-1")},
            {at("/failed-0"), at("/failed-1")},
            {at("/done-0"), at("/done-1")},
            at("/status"),
            [this](storage_access&) { ++renewals; },
            "inner"};
        running = start(subject->run(std::move(access)));
    }

    ~service() {
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

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ingestor_, service)

BOOST_AUTO_TEST_CASE(ingests_a_blob_reports_it_and_deletes_the_message) {
    storage.blobs["/c/b.csv"] = "x,1\ny,2\n";
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(rows("T | sort by n asc") == R"([["x",1],["y",2]])");
    BOOST_TEST(storage.queues["/ready-0"].empty());
    auto done = reports("done");
    BOOST_REQUIRE(done.size() == 1u);
    BOOST_TEST(done[0].at("IngestionSourceId") == "00000000-0000-4000-8000-000000000001");
    BOOST_TEST(stat("succeeded") == 1u);
    BOOST_TEST(stat("rows") == 2u);
    BOOST_TEST(stat("in_hand") == 0u);
}

BOOST_AUTO_TEST_CASE(waits_for_the_batch_before_it_ingests) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    run();
    pass(900ms);
    BOOST_TEST(stat("received") == 1u);
    BOOST_TEST(stat("succeeded") == 0u);
    pass(200ms);
    BOOST_TEST(stat("succeeded") == 1u);
}

BOOST_AUTO_TEST_CASE(drains_every_queue_and_posts_round_robin) {
    storage.blobs["/c/1.csv"] = "x,1\n";
    storage.blobs["/c/2.csv"] = "y,2\n";
    post(message(1, "/c/1.csv"), "/ready-0");
    post(message(2, "/c/2.csv"), "/ready-1");
    run();
    one_batch();
    BOOST_TEST(storage.texts("/done-0").size() == 1u);
    BOOST_TEST(storage.texts("/done-1").size() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_its_header_and_the_messages_own_sas) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    for (auto& request : storage.requests) {
        BOOST_TEST(request.headers.find("x-emulator-internal").value_or("") == "inner");
        bool of_blob = request.service == "blob";
        BOOST_TEST(request.target.query().starts_with(of_blob ? "sig=s" : "sig=full"));
    }
}

BOOST_AUTO_TEST_CASE(keeps_its_header_from_strangers) {
    auto one = message(1, "/c/b.csv");
    one["BlobPath"] = "http://elsewhere.example/c/b.csv?sig=s";
    post(one);
    run();
    one_batch();
    for (auto& request : storage.requests) {
        if (request.service != "blob") continue;
        BOOST_TEST(!request.headers.find("x-emulator-internal"));
    }
}

BOOST_AUTO_TEST_CASE(reports_the_failures_of_the_blob) {
    storage.blobs["/c/ragged.csv"] = "x,1\ny\n";
    storage.blobs["/c/empty.csv"] = "";
    storage.blobs["/c/broken.csv.gz"] = "no gzip";
    storage.blobs["/c/a.zip"] = "PK";
    int number = 0;
    for (auto path :
         {"/c/ragged.csv", "/c/gone.csv", "/c/empty.csv", "/c/broken.csv.gz", "/c/a.zip"}) {
        auto one = message(++number, path);
        if (path == std::string("/c/gone.csv")) storage.blobs.erase(path);
        post(one);
    }
    run();
    one_batch();
    std::vector<std::string> expected{
        "BadRequest_EmptyBlob",
        "BadRequest_InvalidArchive",
        "BadRequest_NotSupported",
        "Download_SourceNotFound",
        "Stream_WrongNumberOfFields"};
    BOOST_TEST(codes() == expected, boost::test_tools::per_element());
    BOOST_TEST(rows("T | count") == "[[0]]");
    BOOST_TEST(storage.queues["/ready-0"].empty());
    BOOST_TEST(stat("failed") == 5u);
}

BOOST_AUTO_TEST_CASE(reports_a_refused_download) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    storage.broken["get_blob"] = {403};
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(codes().at(0) == "Download_Forbidden");
    BOOST_TEST(reports("failed").at(0).at("FailureStatus") == "Permanent");
}

BOOST_AUTO_TEST_CASE(reports_a_refused_message_at_once) {
    auto one = message(1, "/c/b.csv");
    one["TableName"] = "Nowhere";
    post(one);
    run();
    BOOST_TEST(codes().at(0) == "BadRequest_TableNotExist");
}

BOOST_AUTO_TEST_CASE(only_logs_a_message_nobody_can_be_told_of) {
    storage.queues["/ready-0"].push_back({"m", "%%%"});
    run();
    one_batch();
    BOOST_TEST(storage.queues["/ready-0"].empty());
    BOOST_TEST(reports("failed").empty());
    BOOST_TEST(stat("corrupted") == 1u);
    BOOST_TEST(rows(".x").find("error") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_quiet_as_told) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto failures_only = message(1, "/c/b.csv");
    failures_only["ReportLevel"] = 0;
    post(failures_only);
    auto none = message(2, "/c/gone.csv");
    none["ReportLevel"] = 1;
    storage.blobs.erase("/c/gone.csv");
    post(none);
    run();
    one_batch();
    BOOST_TEST(stat("succeeded") == 1u);
    BOOST_TEST(stat("failed") == 1u);
    BOOST_TEST(reports("done").empty());
    BOOST_TEST(reports("failed").empty());
}

BOOST_AUTO_TEST_CASE(drops_the_second_copy_in_one_batch) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(codes().at(0) == "BlobAlreadyReceived_BlobAlreadyFoundInBatch");
    BOOST_TEST(reports("done").size() == 1u);
    BOOST_TEST(rows("T | count") == "[[1]]");
}

BOOST_AUTO_TEST_CASE(ingests_the_second_copy_in_another_batch_again) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    run();
    for (int i = 0; i < 2; ++i) {
        post(message(1, "/c/b.csv"));
        one_batch();
    }
    BOOST_TEST(rows("T | count") == "[[2]]");
    BOOST_TEST(reports("done").size() == 2u);
}

BOOST_AUTO_TEST_CASE(skips_what_came_in_under_the_tag) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto one = message(1, "/c/b.csv");
    one["AdditionalProperties"].as_object()["tags"] = R"(["ingest-by:seg"])";
    one["AdditionalProperties"].as_object()["ingestIfNotExists"] = R"(["seg"])";
    run();
    for (int i = 0; i < 2; ++i) {
        post(one);
        one_batch();
    }
    BOOST_TEST(rows("T | count") == "[[1]]");
    BOOST_TEST(stat("skipped") == 1u);
    BOOST_TEST(reports("done").size() == 2u);
}

BOOST_AUTO_TEST_CASE(lets_two_pass_in_one_window_or_not) {
    for (bool both : {true, false}) {
        options.both_pass_in_one_window = both;
        storage.blobs["/c/1.csv"] = "x,1\n";
        storage.blobs["/c/2.csv"] = "x,1\n";
        for (int i : {1, 2}) {
            auto one = message(i, "/c/" + std::to_string(i) + ".csv");
            one["AdditionalProperties"].as_object()["tags"] = R"(["ingest-by:seg"])";
            one["AdditionalProperties"].as_object()["ingestIfNotExists"] = R"(["seg"])";
            post(one);
        }
        run();
        one_batch();
        BOOST_TEST(rows("T | count") == (both ? "[[2]]" : "[[1]]"));
        cancel(*running);
        subject.reset();
    }
}

BOOST_AUTO_TEST_CASE(counts_a_wrong_raw_size) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto one = message(1, "/c/b.csv");
    one["RawDataSize"] = 5;
    post(one);
    run();
    one_batch();
    BOOST_TEST(stat("raw_size_mismatches") == 1u);
    BOOST_TEST(stat("succeeded") == 1u);
}

BOOST_AUTO_TEST_CASE(deletes_the_blob_unless_it_is_to_be_retained) {
    storage.blobs["/c/1.csv"] = "x,1\n";
    storage.blobs["/c/2.csv"] = "x,1\n";
    post(message(1, "/c/1.csv"));
    auto two = message(2, "/c/2.csv");
    two["RetainBlobOnSuccess"] = false;
    post(two);
    run();
    one_batch();
    BOOST_TEST(storage.blobs.contains("/c/1.csv"));
    BOOST_TEST(!storage.blobs.contains("/c/2.csv"));
}

BOOST_AUTO_TEST_CASE(rewrites_the_entity_of_the_status_table) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto one = message(1, "/c/b.csv");
    one["ReportMethod"] = 1;
    json::object entity;
    entity["TableConnectionString"] = "http://127.0.0.1:1/status?sig=full";
    entity["PartitionKey"] = "it's";
    entity["RowKey"] = "r";
    one["IngestionStatusInTable"] = entity;
    post(one);
    run();
    one_batch();
    BOOST_TEST(reports("done").empty());
    auto text = storage.entities["/status(PartitionKey='it%27%27s',RowKey='r')"];
    BOOST_REQUIRE(!text.empty());
    BOOST_TEST(json::parse(text).at("Status") == "Succeeded");
}

BOOST_AUTO_TEST_CASE(leaves_a_message_whose_blob_cannot_be_had_now) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    storage.broken["get_blob"] = {500, 503, 503, 500};
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    one_batch();
    BOOST_TEST(stat("put_off") == 1u);
    BOOST_TEST(reports("failed").empty());
    storage.show_again();
    one_batch();
    BOOST_TEST(stat("succeeded") == 1u);
    BOOST_TEST(storage.queues["/ready-0"].empty());
}

BOOST_AUTO_TEST_CASE(gives_up_with_exhausted_after_many_deliveries) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    storage.queues["/ready-0"][0].deliveries = 11;
    run();
    one_batch();
    auto failures = reports("failed");
    BOOST_REQUIRE(failures.size() == 1u);
    BOOST_TEST(failures[0].at("FailureStatus") == "Exhausted");
}

BOOST_AUTO_TEST_CASE(ingests_nothing_twice_when_the_report_was_lost) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    storage.broken["put_message"] = {500, 500, 500, 500};
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    one_batch();
    BOOST_TEST(reports("done").empty());
    storage.show_again();
    one_batch();
    BOOST_TEST(rows("T | count") == "[[1]]");
    BOOST_TEST(reports("done").size() == 1u);
    BOOST_TEST(storage.queues["/ready-0"].empty());
    BOOST_TEST(stat("succeeded") == 1u);
}

BOOST_AUTO_TEST_CASE(deletes_by_the_newest_receipt) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    run();
    pass(500ms);
    storage.show_again();
    one_batch();
    BOOST_TEST(storage.queues["/ready-0"].empty());
    BOOST_TEST(rows("T | count") == "[[1]]");
    BOOST_TEST(stat("redelivered") == 1u);
}

BOOST_AUTO_TEST_CASE(takes_nothing_while_paused) {
    options.paused = true;
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(stat("received") == 0u);
    subject->set_paused(false);
    one_batch();
    BOOST_TEST(stat("succeeded") == 1u);
}

BOOST_AUTO_TEST_CASE(asks_for_fresh_addresses_when_it_is_refused) {
    storage.broken["get_messages"] = {403, 403};
    run();
    one_batch();
    BOOST_TEST(renewals == 1);
}

BOOST_AUTO_TEST_CASE(counts_without_keeping_when_it_discards) {
    options.discard = true;
    storage.blobs["/c/b.csv"] = "x,1\ny,2\n";
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(stat("rows") == 2u);
    BOOST_TEST(rows("T | count") == "[[0]]");
    BOOST_TEST(reports("done").size() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_a_blob_of_many_parts) {
    std::string text;
    while (text.size() < (9u << 20u)) text += "some text to fill a long line with,1234567890\n";
    storage.blobs["/c/b.csv"] = text;
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(rows("T | count") == "[[" + std::to_string(text.size() / 46) + "]]");
    BOOST_TEST(stat("raw_bytes") == text.size());
    BOOST_TEST(stat("raw_size_mismatches") == 0u);
}

BOOST_AUTO_TEST_CASE(ends_when_it_is_cancelled) {
    run();
    one_batch();
    cancel(*running);
    BOOST_TEST(running->done());
}

BOOST_AUTO_TEST_SUITE_END()
