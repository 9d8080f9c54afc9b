#include "base/text.hpp"
#include "kusto/notifications.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

static std::string row_with(std::string_view status, std::string_view more = "") {
    std::string out = R"({"IngestionSourceId":"F6E8AE77-4f5b-4e4f-9a2b-0e6d8a2a7a01","Status":")";
    out += status;
    out += R"(","UpdatedOn":"2026-11-23T10:00:00Z","OperationId":"op","ActivityId":"act")";
    out += more;
    return out + "}";
}

BOOST_AUTO_TEST_SUITE(status_row_)

BOOST_AUTO_TEST_CASE(a_status_row_says_nothing_until_the_service_has_decided) {
    BOOST_TEST(!parse_status_row(row_with("Pending")).value().has_value());
    BOOST_TEST(!parse_status_row(row_with("Queued")).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_status_row_that_went_well_is_a_success) {
    for (auto* status : {"Succeeded", "succeeded"}) {
        auto row = parse_status_row(row_with(status)).value().value();
        BOOST_TEST(row.success);
        BOOST_TEST(row.source_id == "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01");
        BOOST_TEST(row.operation_id == "op");
        BOOST_TEST(row.activity_id == "act");
        BOOST_TEST((row.at != wall_time{}));
    }
}

BOOST_AUTO_TEST_CASE(a_source_that_the_service_skipped_has_not_succeeded) {
    auto reported = parse_status_row(row_with("Skipped")).value().value();
    BOOST_TEST(!reported.success);
    BOOST_TEST(reported.skipped);
    BOOST_TEST(reported.code == "Skipped");
    BOOST_TEST((judge(reported) == next_step::settle_failure));
}

BOOST_AUTO_TEST_CASE(a_status_row_that_failed_says_why) {
    auto more = R"(,"ErrorCode":"Stream_WrongNumberOfFields","FailureStatus":"Permanent")"
                R"(,"Details":"bad line")";
    auto row = parse_status_row(row_with("Failed", more)).value().value();
    BOOST_TEST(!row.success);
    BOOST_TEST(row.code == "Stream_WrongNumberOfFields");
    BOOST_TEST(row.details == "bad line");
    BOOST_TEST((judge(row) == next_step::settle_failure));
}

BOOST_AUTO_TEST_CASE(a_transient_failure_in_a_row_is_final_and_sent_again_by_us) {
    for (auto more :
         {R"(,"ErrorCode":"General_InternalServerError","FailureStatus":"Transient")",
          R"(,"ErrorCode":"Timeout")",
          R"(,"ErrorCode":"Unknown","FailureStatus":2)"}) {
        auto row = parse_status_row(row_with("Failed", more)).value().value();
        BOOST_TEST((judge(row) == next_step::post_again));
    }
    // The data may stand in the source table already.
    auto update = R"(,"ErrorCode":"UpdatePolicy_UnknownError","FailureStatus":"Transient")";
    auto row = parse_status_row(row_with("Failed", update)).value().value();
    BOOST_TEST((judge(row) == next_step::settle_failure));
    auto copy =
        R"(,"ErrorCode":"BlobAlreadyReceived_BlobAlreadyFoundInBatch","FailureStatus":"Transient")";
    row = parse_status_row(row_with("Failed", copy)).value().value();
    BOOST_TEST((judge(row) == next_step::wait));
}

BOOST_AUTO_TEST_CASE(what_went_in_partly_is_never_sent_again) {
    auto row = parse_status_row(row_with("PartiallySucceeded")).value().value();
    BOOST_TEST(row.code == "PartiallySucceeded");
    BOOST_TEST((judge(row) == next_step::settle_failure));
}

BOOST_AUTO_TEST_CASE(a_row_that_is_no_status_row_is_refused) {
    BOOST_TEST(parse_status_row("[]").error().code == errc::bad_notification);
    BOOST_TEST(parse_status_row(row_with("Wondering")).error().code == errc::bad_notification);
}

BOOST_AUTO_TEST_CASE(a_pending_row_holds_the_keys_and_no_secret) {
    ingestion_request request;
    request.id = "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01";
    request.blob = *http::url::parse("https://a.blob.core.windows.net/c/b.json?sig=hunter2");
    request.status.emplace();
    request.status->partition_key = "p";
    request.status->row_key = "r";
    auto row = pending_row(request);
    BOOST_TEST(row.find("hunter2") == std::string::npos);
    BOOST_TEST(row.find(R"("PartitionKey":"p","RowKey":"r","Status":"Pending")") != row.npos);
    BOOST_TEST(!parse_status_row(row).value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
