#include "emulator/ingest/ingestor_service.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;

BOOST_FIXTURE_TEST_SUITE(ingest_outcomes, test::ingestor_service)

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

BOOST_AUTO_TEST_CASE(only_logs_a_message_whose_outcome_cannot_be_reported) {
    storage.queues["/ready-0"].push_back({"m", "%%%"});
    run();
    one_batch();
    BOOST_TEST(storage.queues["/ready-0"].empty());
    BOOST_TEST(reports("failed").empty());
    BOOST_TEST(stat("corrupted") == 1u);
    BOOST_TEST(rows(".x").find("error") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reports_nothing_where_nothing_is_wanted) {
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

BOOST_AUTO_TEST_SUITE_END()
