#include "emulator/ingest/messages/notification.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

struct reported {
    ingestion_message message;
    ingestion_outcome outcome;

    reported() {
        message.id = "5d608b78-2235-4885-911e-b16a84388a85";
        message.database = "incidentlogs";
        message.table = "trace_jagilber_test";
        message.blob = *http::url::parse("https://acct.blob.core.windows.net/c/b.gz?sig=secret");
        outcome.operation_id = "4d026446-2de4-4c29-b74e-37d021dfc33c";
        outcome.activity_id = "0e7d9608-64ca-460d-ad49-b5da22cfcbd0";
        outcome.at = *parse_iso8601("2019-11-04T00:57:13.684769Z");
    }

    void fail(failure why) {
        outcome.status = ingestion_status::failed;
        outcome.why = std::move(why);
    }

    json::object text() const {
        return json::parse(notification_text(message, outcome)).as_object();
    }
};

std::string names_of(const json::object& object) {
    std::string out;
    for (auto& [name, value] : object) out += std::string(name) + " ";
    return out;
}

failure permanent(std::string code) {
    return {service_code(std::move(code)), remedy::give_up, "It is so."};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notification, reported)

BOOST_AUTO_TEST_CASE(has_the_shape_of_a_real_failure) {
    fail(permanent("Stream_WrongNumberOfFields"));
    auto expected = json::parse(R"({
        "OperationId":"4d026446-2de4-4c29-b74e-37d021dfc33c","Database":"incidentlogs",
        "Table":"trace_jagilber_test","FailedOn":"2019-11-04T00:57:13.6847690Z",
        "IngestionSourceId":"5d608b78-2235-4885-911e-b16a84388a85",
        "IngestionSourcePath":"https://acct.blob.core.windows.net/c/b.gz",
        "Details":"Stream_WrongNumberOfFields: It is so.",
        "ErrorCode":"Stream_WrongNumberOfFields","FailureStatus":"Permanent",
        "RootActivityId":"0e7d9608-64ca-460d-ad49-b5da22cfcbd0",
        "OriginatesFromUpdatePolicy":false,"ShouldRetry":false})");
    BOOST_TEST(notification_text(message, outcome) == json::serialize(expected));
}

BOOST_AUTO_TEST_CASE(has_the_shape_of_a_success) {
    BOOST_TEST(
        names_of(text()) ==
        "OperationId Database Table SucceededOn IngestionSourceId "
        "IngestionSourcePath RootActivityId "
    );
    BOOST_TEST(text().at("SucceededOn") == "2019-11-04T00:57:13.6847690Z");
}

BOOST_AUTO_TEST_CASE(reports_a_skipped_source_as_a_success) {
    outcome.status = ingestion_status::skipped;
    BOOST_TEST(text().contains("SucceededOn"));
    BOOST_TEST(json::parse(status_entity_text(message, outcome)).at("Status") == "Skipped");
}

BOOST_AUTO_TEST_CASE(calls_a_given_up_source_exhausted) {
    failure why{
        service_code("General_RetryAttemptsExceeded"), remedy::retry, "Every attempt failed."};
    fail(std::move(why));
    BOOST_TEST(text().at("FailureStatus") == "Exhausted");
    BOOST_TEST(text().at("ShouldRetry") == true);
}

BOOST_AUTO_TEST_CASE(never_holds_the_sas) {
    BOOST_TEST(notification_text(message, outcome).find("secret") == std::string::npos);
    BOOST_TEST(status_entity_text(message, outcome).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(goes_where_the_level_and_the_method_send_it) {
    using enum ingestion_status;
    auto places = [&](report_level level, report_method method, ingestion_status status) {
        message.level = level;
        message.method = method;
        auto out = places_for(message, status);
        return std::string(out.queue ? "queue " : "") + (out.table ? "table" : "");
    };
    message.status.emplace();
    BOOST_TEST(places(report_level::all, report_method::queue, succeeded) == "queue ");
    BOOST_TEST(places(report_level::all, report_method::table, succeeded) == "table");
    BOOST_TEST(places(report_level::all, report_method::both, failed) == "queue table");
    BOOST_TEST(places(report_level::failures, report_method::queue, succeeded) == "");
    BOOST_TEST(places(report_level::failures, report_method::queue, failed) == "queue ");
    BOOST_TEST(places(report_level::none, report_method::both, failed) == "");
    message.status.reset();
    BOOST_TEST(places(report_level::all, report_method::both, succeeded) == "queue ");
}

BOOST_AUTO_TEST_CASE(writes_the_columns_of_the_status_table) {
    fail(permanent("BadRequest_EmptyBlob"));
    message.status = status_entity{std::nullopt, "p", "r"};
    auto entity = json::parse(status_entity_text(message, outcome)).as_object();
    for (auto name :
         {"PartitionKey",
          "RowKey",
          "Status",
          "IngestionSourceId",
          "IngestionSourcePath",
          "Database",
          "Table",
          "UpdatedOn",
          "OperationId",
          "ActivityId",
          "ErrorCode",
          "FailureStatus",
          "Details",
          "OriginatesFromUpdatePolicy"}) {
        BOOST_TEST(entity.contains(name), name);
    }
    BOOST_TEST(entity.at("Status") == "Failed");
}

BOOST_AUTO_TEST_SUITE_END()
