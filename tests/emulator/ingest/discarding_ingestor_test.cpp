#include "emulator/ingest/discarding_ingestor.hpp"

#include "base/crypto/crypto.hpp"
#include "emulator/storage/storage_fixture.hpp"

namespace kustodrop::emulator::test {

using http::verb;

namespace {

struct discarding_world : storage {
    queue_store kept_nowhere{clock, random, database, messages_kept::in_memory};
    discarding_ingestor sink{{clock, random, places, kept_nowhere, 5s}};
    queue_place successes{"emulator1", "successful-ingestions"};

    static std::string message(std::string level) {
        return base64_encode(
            R"({"Id":"0d1c3f6e-2a7d-4b0e-9a3d-0c1e5b0a9f11","DatabaseName":"D","TableName":"T",)"
            R"("BlobPath":"http://127.0.0.1:1/emulator1/c/b?sig=x","ReportLevel":)" +
            level + R"(,"ReportMethod":0})"
        );
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(discarding_ingestor_, discarding_world)

BOOST_AUTO_TEST_CASE(answers_a_message_with_a_success_when_the_batching_time_has_passed) {
    sink.take(message("2"));
    BOOST_TEST(kept_nowhere.peek(successes, 32).empty());
    clock.advance(5s);
    auto notifications = kept_nowhere.peek(successes, 32);
    BOOST_REQUIRE(notifications.size() == 1u);
    auto text = base64_decode(notifications.front().text).value_or("");
    BOOST_TEST(text.find("0d1c3f6e-2a7d-4b0e-9a3d-0c1e5b0a9f11") != std::string::npos);
    BOOST_TEST(text.find("SucceededOn") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reports_no_success_where_only_failures_are_wanted) {
    sink.take(message("0"));
    clock.advance(5s);
    BOOST_TEST(kept_nowhere.all(successes).empty());
}

BOOST_AUTO_TEST_CASE(keeps_nothing_of_a_blob_or_a_message) {
    blob_service forgetful{{clock, random, pool, places, database, files, true}};
    auto place = address("TempStorage", "rw").with_path_suffix("a.csv");
    http::headers type{{"x-ms-blob-type", "BlockBlob"}};
    BOOST_TEST(ask(forgetful, verb::put, place, "a,b\n", type).answer.status == 201u);
    BOOST_TEST(ask(forgetful, verb::head, place).answer.status == 404u);
    std::vector<std::string> taken;
    queue_service passing{clock, places, kept_nowhere, database};
    passing.discard_to([&](std::string_view text) { taken.emplace_back(text); });
    auto line = address("SecuredReadyForAggregationQueue", "a").with_path_suffix("messages");
    std::string body = "<QueueMessage><MessageText>YQ==</MessageText></QueueMessage>";
    BOOST_TEST(ask(passing, verb::post, line, body, {}).answer.status == 201u);
    BOOST_TEST(taken == std::vector<std::string>{"YQ=="});
    BOOST_TEST(database.posted(0, 10).empty());
    BOOST_TEST(database.messages().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::emulator::test
