#include "emulator/ingest/ingestor_service.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;

BOOST_FIXTURE_TEST_SUITE(ingestor_, test::ingestor_service)

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

BOOST_AUTO_TEST_CASE(deletes_in_its_own_containers_whatever_the_client_may_do) {
    for (auto path : {"/c/1.csv", "/own/2.csv", "/owner/3.csv"}) storage.blobs[path] = "x,1\n";
    int number = 0;
    for (auto path : {"/c/1.csv", "/own/2.csv", "/owner/3.csv"}) {
        auto each = message(++number, path);
        each["RetainBlobOnSuccess"] = false;
        post(each);
    }
    run();
    one_batch();
    for (auto& request : storage.requests) {
        if (request.operation != "delete_blob") continue;
        bool own = request.target.path().starts_with("/own/");
        BOOST_TEST(request.target.query() == (own ? "sig=full" : "sig=s"));
    }
    BOOST_TEST(!storage.blobs.contains("/own/2.csv"));
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

BOOST_AUTO_TEST_CASE(passes_over_a_byte_order_mark_but_counts_it) {
    storage.blobs["/c/b.csv"] = "\xEF\xBB\xBFx,1\n";
    post(message(1, "/c/b.csv"));
    run();
    one_batch();
    BOOST_TEST(rows("T") == R"([["x",1]])");
    BOOST_TEST(stat("raw_bytes") == 7u);
    BOOST_TEST(stat("raw_size_mismatches") == 0u);
}

BOOST_AUTO_TEST_CASE(ends_when_it_is_cancelled) {
    run();
    one_batch();
    cancel(*running);
    BOOST_TEST(running->done());
}

BOOST_AUTO_TEST_SUITE_END()
