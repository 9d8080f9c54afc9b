#include "kusto/notifications.hpp"

#include "base/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

constexpr auto real_failure =
    R"({"OperationId":"4d026446-2de4-4c29-b74e-37d021dfc33c",
 "Database":"incidentlogs","Table":"trace","FailedOn":"2019-11-04T00:57:13.6847693Z",
 "IngestionSourceId":"5D608B78-2235-4885-911E-B16A84388A85",
 "IngestionSourcePath":"https://acct.blob.core.windows.net/c/b.gz?sv=1&sig=TOPSECRET",
 "Details":"'https://a/b.gz?sig=TOP%2BSECRET' has a malformed Csv format\r\nAdditional",
 "ErrorCode":"Stream_WrongNumberOfFields","FailureStatus":"Permanent",
 "RootActivityId":"0e7d9608-64ca-460d-ad49-b5da22cfcbd0",
 "OriginatesFromUpdatePolicy":false,"ShouldRetry":false})";

constexpr auto id = R"("IngestionSourceId":"5d608b78-2235-4885-911e-b16a84388a85")";

notification failed(const std::string& fields) {
    return *parse_notification(
        notification_kind::failure,
        "{" + std::string(id) + (fields.empty() ? "" : ",") + fields + "}"
    );
}

notification with_code(std::string code, failure_status status = failure_status::permanent) {
    notification out;
    out.code = std::move(code);
    out.status = status;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notifications_)

BOOST_AUTO_TEST_CASE(reads_a_real_failure) {
    auto found = parse_notification(notification_kind::failure, real_failure);
    BOOST_TEST(!found->success);
    BOOST_TEST(found->source_id == "5d608b78-2235-4885-911e-b16a84388a85");
    BOOST_TEST(found->code == "Stream_WrongNumberOfFields");
    BOOST_TEST((found->status == failure_status::permanent));
    BOOST_TEST(found->operation_id == "4d026446-2de4-4c29-b74e-37d021dfc33c");
    BOOST_TEST(found->activity_id == "0e7d9608-64ca-460d-ad49-b5da22cfcbd0");
    BOOST_TEST(found->database == "incidentlogs");
    BOOST_TEST(found->table == "trace");
    BOOST_TEST(found->blob == "https://acct.blob.core.windows.net/c/b.gz");
    BOOST_TEST((found->at == parse_iso8601("2019-11-04T00:57:13.684769Z")));
    BOOST_TEST(!found->should_retry);
    BOOST_TEST(!found->from_update_policy);
    BOOST_TEST(found->details.find("malformed Csv format Additional") != std::string::npos);
    BOOST_TEST(found->details.find("SECRET") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_a_success) {
    auto found = parse_notification(
        notification_kind::success,
        "{" + std::string(id) +
            R"(,"SucceededOn":"2026-08-22T10:00:00Z","Database":"D","Table":"T"})"
    );
    BOOST_TEST(found->success);
    BOOST_TEST((found->at == parse_iso8601("2026-08-22T10:00:00Z")));
    BOOST_TEST(found->code.empty());
    BOOST_TEST((judge(*found) == next_step::settle_success));
}

BOOST_AUTO_TEST_CASE(reads_the_status_by_name_and_by_number) {
    auto status = [](std::string text) { return failed(R"("FailureStatus":)" + text).status; };
    BOOST_TEST((status("\"permanent\"") == failure_status::permanent));
    BOOST_TEST((status("1") == failure_status::permanent));
    BOOST_TEST((status("\"Transient\"") == failure_status::transient));
    BOOST_TEST((status("2") == failure_status::transient));
    BOOST_TEST((status("\"Exhausted\"") == failure_status::exhausted));
    BOOST_TEST((status("\"3\"") == failure_status::exhausted));
    BOOST_TEST((status("0") == failure_status::unknown));
    BOOST_TEST((status("\"Unknown\"") == failure_status::unknown));
    BOOST_TEST((status("null") == failure_status::unknown));
    BOOST_TEST((failed("").status == failure_status::unknown));
}

BOOST_AUTO_TEST_CASE(reads_flags_in_every_dialect) {
    auto flag = [](std::string text) { return failed(R"("ShouldRetry":)" + text).should_retry; };
    for (auto text : {"true", "\"true\"", "\"True\"", "1"}) BOOST_TEST(flag(text), text);
    for (auto text : {"false", "\"false\"", "\"\"", "0", "null", "{}"})
        BOOST_TEST(!flag(text), text);
    BOOST_TEST(failed(R"("OriginatesFromUpdatePolicy":"true")").from_update_policy);
}

BOOST_AUTO_TEST_CASE(names_compare_without_case) {
    auto found = parse_notification(
        notification_kind::failure,
        R"({"ingestionSourceId":"5d608b78-2235-4885-911e-b16a84388a85","errorCode":"Forbidden"})"
    );
    BOOST_TEST(found->code == "Forbidden");
}

BOOST_AUTO_TEST_CASE(a_code_that_is_a_number_or_missing_is_unknown) {
    BOOST_TEST(failed(R"("ErrorCode":17)").code == "Unknown");
    BOOST_TEST(failed(R"("ErrorCode":-1)").code == "Unknown");
    BOOST_TEST(failed("").code == "Unknown");
    BOOST_TEST(failed(R"("ErrorCode":null)").code == "Unknown");
}

BOOST_AUTO_TEST_CASE(details_may_be_an_object) {
    BOOST_TEST(failed(R"("Details":{"a":"b"})").details == R"({"a":"b"})");
    BOOST_TEST(failed(R"("Details":null)").details == "");
}

BOOST_AUTO_TEST_CASE(long_details_are_cut) {
    auto found = failed(R"("Details":")" + std::string(100'000, 'x') + "\"");
    BOOST_TEST(found.details.size() < 5000u);
}

BOOST_AUTO_TEST_CASE(reads_times_in_both_spellings) {
    auto at = failed(R"("FailedOn":"2019-11-04 00:57:13.6847693")").at;
    BOOST_TEST((at == parse_iso8601("2019-11-04T00:57:13.684769Z")));
    BOOST_TEST((failed(R"("FailedOn":"yesterday")").at == wall_time{}));
}

BOOST_AUTO_TEST_CASE(a_path_in_the_form_of_a_connection_string_loses_its_key) {
    auto found = failed(R"("IngestionSourcePath":"https://a/c/b;KEY==")");
    BOOST_TEST(found.blob == "https://a/c/b");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_notification) {
    for (auto text :
         {"",
          "hello",
          "[]",
          "{}",
          "null",
          R"({"IngestionSourceId":""})",
          R"({"IngestionSourceId":"x"})",
          R"({"IngestionSourceId":7})"}) {
        BOOST_TEST(
            parse_notification(notification_kind::failure, text).error().code ==
                errc::bad_notification,
            text
        );
    }
    auto large = "{" + std::string(id) + R"(,"x":")" + std::string(2u << 20u, 'x') + "\"}";
    BOOST_TEST(parse_notification(notification_kind::success, large).has_error());
    auto deep =
        "{" + std::string(id) + ",\"x\":" + std::string(40, '[') + std::string(40, ']') + "}";
    BOOST_TEST(parse_notification(notification_kind::success, deep).has_error());
}

BOOST_AUTO_TEST_CASE(a_mark_before_the_json_is_passed_over) {
    auto text = "\xEF\xBB\xBF{" + std::string(id) + "}";
    BOOST_TEST(parse_notification(notification_kind::success, text).has_value());
}

struct case_of {
    const char* code;
    failure_status status;
    next_step step;
};

std::ostream& operator<<(std::ostream& out, const case_of& one) {
    return out << one.code << " " << to_string(one.status);
}

constexpr auto permanent = failure_status::permanent;
constexpr auto transient = failure_status::transient;
constexpr auto exhausted = failure_status::exhausted;
constexpr auto unknown = failure_status::unknown;

constexpr case_of cases[] = {
    {"Stream_WrongNumberOfFields", permanent, next_step::settle_failure},
    {"BadRequest_TableNotExist", permanent, next_step::settle_failure},
    {"Forbidden", permanent, next_step::settle_failure},
    {"SomethingOfTheFuture", permanent, next_step::settle_failure},
    {"SomethingOfTheFuture", unknown, next_step::settle_failure},
    {"SomethingOfTheFuture", transient, next_step::wait},
    {"SomethingOfTheFuture", exhausted, next_step::post_again},
    {"Stream_WrongNumberOfFields", transient, next_step::wait},
    {"Download_Forbidden", transient, next_step::wait},
    {"BlobAlreadyReceived_BlobAlreadyFoundInBatch", permanent, next_step::wait},
    {"BlobAlreadyReceived_BlobAlreadyFoundInBatch", exhausted, next_step::wait},
    {"Download_Forbidden", permanent, next_step::upload_again},
    {"Download_Forbidden", unknown, next_step::upload_again},
    {"Download_SourceNotFound", permanent, next_step::upload_again},
    {"Download_AccountNotFound", permanent, next_step::upload_again},
    {"Download_NotTransient", permanent, next_step::upload_again},
    {"Download_NotTransient", exhausted, next_step::upload_again},
    {"Download_AccessConditionNotSatisfied", permanent, next_step::upload_again},
    {"Download_BadRequest", permanent, next_step::upload_again},
    {"BadRequest_InvalidKustoIdentityToken", permanent, next_step::post_again},
    {"General_RetryAttemptsExceeded", permanent, next_step::post_again},
    {"BadRequest_DataCapacityLimitReached", permanent, next_step::post_again},
    {"Download_UnknownError", exhausted, next_step::post_again},
    {"General_InternalServerError", exhausted, next_step::post_again},
    {"General_InternalServerError", unknown, next_step::wait},
    {"Timeout", unknown, next_step::wait},
    {"Unknown", unknown, next_step::wait},
    {"UpdatePolicy_BadRequest", permanent, next_step::settle_failure},
    {"UpdatePolicy_UnknownError", exhausted, next_step::settle_failure},
    {"UpdatePolicy_UnknownError", transient, next_step::wait},
};

BOOST_DATA_TEST_CASE(every_notification_has_its_consequence, cases, expected) {
    auto step = judge(with_code(expected.code, expected.status));
    BOOST_TEST(to_string(step) == to_string(expected.step));
}

BOOST_AUTO_TEST_CASE(the_service_may_ask_for_another_try) {
    auto one = with_code("Stream_WrongNumberOfFields");
    one.should_retry = true;
    BOOST_TEST((judge(one) == next_step::post_again));
}

BOOST_AUTO_TEST_CASE(what_failed_in_an_update_policy_is_never_posted_twice) {
    auto one = with_code("General_RetryAttemptsExceeded");
    one.from_update_policy = true;
    one.should_retry = true;
    BOOST_TEST((judge(one) == next_step::settle_failure));
}

BOOST_AUTO_TEST_CASE(codes_say_whose_business_they_are) {
    auto kind = [](std::string_view code) { return to_string(classify(code)); };
    for (auto code :
         {"Stream_WrongNumberOfFields",
          "Stream_ClosingQuoteMissing",
          "BadRequest_InvalidBlob",
          "BadRequest_EmptyArchive",
          "BadRequest_InvalidArchive",
          "BadRequest_EmptyBlob",
          "BadRequest_UnexpectedCharacterInInputStream",
          "BadRequest_NoRecordsOrWrongFormat",
          "Stream_NoDataToIngest",
          "Stream_DynamicPropertyBagTooLarge",
          "General_BadRequest",
          "Stream_InputStreamTooLarge",
          "BadRequest_FileTooLarge"}) {
        BOOST_TEST(kind(code) == "data", code);
    }
    for (auto code :
         {"BadRequest_InvalidMapping",
          "BadRequest_MappingReferenceWasNotFound",
          "BadRequest_DatabaseNotExist",
          "BadRequest_TableNotExist",
          "BadRequest_FormatNotSupported",
          "BadRequest_MissingMappingtFailure",
          "BadRequest_MissingMappingFailure",
          "BadRequest_CreationTimeEarlierThanSoftDeletePeriod",
          "UpdatePolicy_QuerySchemaDoesNotMatchTableSchema",
          "BadRequest_EntityNotFound"}) {
        BOOST_TEST(kind(code) == "configuration", code);
    }
    for (auto code :
         {"Forbidden", "BadRequest_TableAccessDenied", "BadRequest_DatabaseAccessDenied"}) {
        BOOST_TEST(kind(code) == "rights", code);
    }
    for (auto code :
         {"Download_Forbidden",
          "General_InternalServerError",
          "Timeout",
          "OutOfMemory",
          "Unknown",
          "General_ThrottledIngestion",
          "BadRequest_InvalidKustoIdentityToken",
          "BadRequest_CorruptedMessage",
          "Stream_LowMemoryCondition",
          "SomethingOfTheFuture",
          ""}) {
        BOOST_TEST(kind(code) == "service", code);
    }
}

BOOST_AUTO_TEST_CASE(each_consequence_has_a_name) {
    BOOST_TEST(to_string(next_step::settle_success) == "settle_success");
    BOOST_TEST(to_string(next_step::settle_failure) == "settle_failure");
    BOOST_TEST(to_string(next_step::wait) == "wait");
    BOOST_TEST(to_string(next_step::upload_again) == "upload_again");
    BOOST_TEST(to_string(next_step::post_again) == "post_again");
}

BOOST_AUTO_TEST_CASE(a_row_without_the_source_it_is_about_is_no_notification) {
    BOOST_TEST(parse_status_row(R"({"Status":"Succeeded"})").has_error());
}

BOOST_AUTO_TEST_CASE(a_pending_row_may_have_no_keys_yet) {
    ingestion_request request;
    request.id = "id";
    BOOST_TEST(pending_row(request).find("PartitionKey") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
