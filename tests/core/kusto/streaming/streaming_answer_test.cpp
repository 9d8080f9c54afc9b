#include "kusto/streaming/streaming_answer.hpp"

#include "kusto/rest/error_document.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using namespace kustodrop::kusto;
using step = streaming_step;

namespace {

constexpr auto stored = R"({"Tables":[{"TableName":"Table_0","Columns":[
  {"ColumnName":"ConsumedRecordsCount","DataType":"Int64"}],"Rows":[[0]]}]})";

std::string error(
    std::string_view code,
    std::string_view type,
    std::string_view message,
    std::string_view permanent = ",\"@permanent\":true"
) {
    return R"({"error":{"code":")" + std::string(code) +
           R"(","message":"Request is invalid and cannot be executed.","@type":"Kusto.)" +
           std::string(type) + R"(","@message":")" + std::string(message) +
           R"(","@failureCode":"400")" + std::string(permanent) + "}}";
}

constexpr auto passing = ",\"@permanent\":false";

// As what stands in front of the service writes it.
std::string gateway(const std::string& code) {
    return R"({"error":{"code":")" + code + R"(","message":"The gateway says so."}})";
}

streaming_reply judged(unsigned status, std::string body, http::headers headers = {}) {
    http::response answer{status, std::move(headers), std::move(body)};
    return judge_streaming(answer, "Logs.Web at c.example");
}

step after(unsigned status, std::string body) { return judged(status, std::move(body)).step; }

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(step)
BOOST_AUTO_TEST_SUITE(streaming_answers)

BOOST_AUTO_TEST_CASE(a_dataset_means_that_the_rows_are_there) {
    auto out = judged(200, stored);
    BOOST_TEST(out.step == step::succeeded);
    BOOST_TEST(out.why.detail.empty());
}

BOOST_AUTO_TEST_CASE(a_200_of_something_else_proves_nothing) {
    auto out = judged(200, "<html>Sign in</html>");
    BOOST_TEST(out.step == step::unanswered);
    BOOST_TEST(out.why.maybe_acted);
    BOOST_TEST(after(200, R"({"Tables":[],"Exceptions":["E"]})") == step::unanswered);
    BOOST_TEST(after(202, "") == step::unanswered);
    BOOST_TEST(judged(200, "", {{"Content-Type", "text/html"}}).step == step::unanswered);
}

BOOST_AUTO_TEST_CASE(a_success_may_have_another_form) {
    BOOST_TEST(after(200, std::string("\xEF\xBB\xBF") + stored) == step::succeeded);
    BOOST_TEST(after(201, stored) == step::succeeded);
    for (unsigned status : {200u, 201u, 204u}) {
        BOOST_TEST(after(status, "") == step::succeeded, status);
        BOOST_TEST(after(status, "\xEF\xBB\xBF\r\n") == step::succeeded, status);
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_queued) {
    auto type = "DataNode.Exceptions.KustoRequestPayloadTooLargeException";
    BOOST_TEST(after(413, "") == step::queue_this);
    BOOST_TEST(after(400, error("BadRequest", type, "x")) == step::queue_this);
    auto said = error("BadRequest", "X", "The payload is above the maximum allowed size: 4MB");
    BOOST_TEST(after(400, said) == step::queue_this);
}

BOOST_AUTO_TEST_CASE(a_cluster_that_does_not_stream_has_nothing_there) {
    BOOST_TEST(after(404, "") == step::queue_for_long);
    BOOST_TEST(after(404, "<html>not found</html>") == step::queue_for_long);
}

BOOST_AUTO_TEST_CASE(a_table_without_the_policy_is_queued_for_long) {
    auto said = error(
        "BadRequest_StreamingIngestionPolicyNotEnabled",
        "DataNode.Exceptions.StreamingIngestionRequestException",
        "Bad streaming ingestion request to D.T : The policy is missing"
    );
    auto out = judged(400, said);
    BOOST_TEST(out.step == step::queue_for_long);
    BOOST_TEST((out.why.next == remedy::retry));
    BOOST_TEST(out.why.hint.find("enable streaming ingestion") != std::string::npos);
    BOOST_TEST(
        after(400, error("BadRequest", "E", "Streaming ingestion is disabled")) ==
        step::queue_for_long
    );
    BOOST_TEST(
        after(400, error("BadRequest", "E", "streaming is off here")) == step::queue_for_long
    );
}

BOOST_AUTO_TEST_CASE(off_within_another_name_does_not_turn_streaming_off) {
    auto said = error("BadRequest", "StreamingIngestionRequestException", "bad at offset 17");
    BOOST_TEST(after(400, said) == step::failed);
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_work_with_it_is_queued_for_long) {
    for (auto* why :
         {"The update policy of the table cannot run", "Schema of the row store", "incompatible"}) {
        BOOST_TEST(after(400, error("BadRequest", "E", why)) == step::queue_for_long, why);
    }
}

BOOST_AUTO_TEST_CASE(throttling_is_short) {
    auto type = "DataNode.Exceptions.KustoRequestThrottledException";
    BOOST_TEST(after(429, "") == step::queue_for_moment);
    BOOST_TEST(after(503, error("Throttling", type, "x", passing)) == step::queue_for_moment);
    auto out = judged(429, "", {{"Retry-After", "3"}});
    BOOST_TEST((out.why.retry_after == std::optional<duration>(3s)));
}

BOOST_AUTO_TEST_CASE(a_missing_mapping_is_the_targets_fault) {
    auto said = error(
        "BadRequest_EntityNotFound",
        "DataNode.Exceptions.EntityNotFoundException",
        "Entity ID 'M' of kind 'MappingPersistent' was not found."
    );
    auto out = judged(400, said);
    BOOST_TEST(out.step == step::failed);
    BOOST_TEST(out.why.code.text() == "BadRequest_MappingReferenceWasNotFound");
    BOOST_TEST(
        out.why.detail ==
        "Logs.Web at c.example: 400 BadRequest_EntityNotFound: Entity ID 'M' of kind "
        "'MappingPersistent' was not found."
    );
    BOOST_TEST((out.why.next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(codes_are_those_of_notifications_where_there_is_one) {
    auto code = [](const char* text) {
        return notification_code("BadRequest_EntityNotFound", text);
    };
    BOOST_TEST(code("Entity ID 'T' of kind 'Table' was not found.") == "BadRequest_TableNotExist");
    BOOST_TEST(code("kind 'Database' was not found") == "BadRequest_DatabaseNotExist");
    BOOST_TEST(code("the mapping is odd") == "BadRequest_EntityNotFound");
    BOOST_TEST(notification_code("BadRequest", "odd rows") == "General_BadRequest");
    BOOST_TEST(notification_code("", "odd rows") == "General_BadRequest");
    BOOST_TEST(notification_code("Stream_X", "odd rows") == "Stream_X");
}

BOOST_AUTO_TEST_CASE(bad_rows_fail_with_the_services_text) {
    auto said = error(
        "BadRequest",
        "DataNode.Exceptions.StreamingIngestionRequestException",
        "Bad streaming ingestion request to D.T : The input stream is empty after processing"
    );
    auto out = judged(400, said, {{"x-ms-activity-id", "7"}});
    BOOST_TEST(out.step == step::failed);
    BOOST_TEST(out.why.code.text() == "General_BadRequest");
    BOOST_TEST(out.why.detail.ends_with("empty after processing"));
    BOOST_TEST(out.why.request_id == "7");
}

BOOST_AUTO_TEST_CASE(without_permanent_the_status_decides) {
    BOOST_TEST(after(400, error("BadRequest", "E", "odd", "")) == step::failed);
    BOOST_TEST(after(503, error("Internal", "E", "odd", "")) == step::try_again);
    BOOST_TEST(after(408, error("Timeout", "E", "odd", "")) == step::unanswered);
    auto text = ",\"@permanent\":\"yes\"";
    BOOST_TEST(after(400, error("BadRequest", "E", "odd", text)) == step::failed);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_service_may_come_after_the_deed_too) {
    auto type = "DataNode.Exceptions.RequestTimeoutException";
    for (auto* permanent : {"", passing, ",\"@permanent\":true"}) {
        for (unsigned status : {500u, 502u, 504u, 507u}) {
            auto out = judged(status, error("Timeout", type, "it took too long", permanent));
            BOOST_TEST(out.step == step::unanswered, status << permanent);
            BOOST_TEST(out.why.maybe_acted);
        }
    }
    BOOST_TEST(after(504, error("Entity", "E", "Entity 'T' was not found")) == step::unanswered);
    BOOST_TEST(after(500, error("X", "E", "exceeds the limit")) == step::unanswered);
    BOOST_TEST(after(504, gateway("GatewayTimeout")) == step::unanswered);
}

BOOST_AUTO_TEST_CASE(what_a_proxy_writes_in_json_is_no_fault_of_the_file) {
    for (unsigned status : {400u, 404u, 405u, 407u, 409u, 451u}) {
        auto out = judged(status, gateway("BadRequest"));
        BOOST_TEST(out.step == step::queue_for_outage, status);
        BOOST_TEST((out.why.next == remedy::retry));
    }
    BOOST_TEST(after(405, error("X", "E", "not allowed")) == step::queue_for_outage);
    auto named = R"({"error":{"code":"Stream_NoData","message":"x","@permanent":true}})";
    BOOST_TEST(after(400, named) == step::failed);
    BOOST_TEST(after(451, named) == step::queue_for_outage);
    auto unknown = R"({"error":{"code":"Blocked","message":"x","@permanent":true}})";
    BOOST_TEST(after(400, unknown) == step::queue_for_outage);
}

BOOST_AUTO_TEST_CASE(a_principal_that_is_refused_as_bad_request_lacks_rights) {
    auto said = error(
        "BadRequest",
        "DataNode.Exceptions.StreamingIngestionRequestException",
        "Bad streaming ingestion request to D.T : Principal 'aadapp=1;2' is not authorized"
    );
    auto out = judged(400, said);
    BOOST_TEST(out.step == step::queue_for_rights);
    BOOST_TEST(out.why.hint.find("Database User") != std::string::npos);
    said = error("BadRequest", "E", "Principal 'a' has no permission to ingest");
    BOOST_TEST(after(400, said) == step::queue_for_rights);
}

BOOST_AUTO_TEST_CASE(a_trouble_that_passes_is_tried_again) {
    auto type = "DataNode.Exceptions.StreamingIngestionServiceException";
    auto said = error("InternalServiceError", type, "Can't determine row store", passing);
    BOOST_TEST(after(400, said) == step::try_again);
    BOOST_TEST(after(500, said) == step::try_again);
    BOOST_TEST(!judged(500, said).why.maybe_acted);
}

BOOST_AUTO_TEST_CASE(refusals_of_the_principal) {
    auto out = judged(401, "");
    BOOST_TEST(out.step == step::reauthenticate);
    BOOST_TEST((out.why.next == remedy::reauthenticate));
    auto denied = judged(403, "Forbidden");
    BOOST_TEST(denied.step == step::queue_for_rights);
    BOOST_TEST(denied.why.hint.find("Database User") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_stands_in_between_may_have_come_after_the_deed) {
    for (unsigned status : {408u, 500u, 502u, 503u, 504u}) {
        BOOST_TEST(after(status, "<html>") == step::unanswered, status);
    }
    BOOST_TEST(after(302, "") == step::queue_for_outage);
    BOOST_TEST(after(400, "<html>proxy</html>") == step::queue_for_outage);
    BOOST_TEST(after(407, "") == step::queue_for_outage);
    BOOST_TEST(after(404, error("NotFound", "E", "nothing here")) == step::queue_for_outage);
}

BOOST_AUTO_TEST_CASE(without_an_answer_it_depends_on_what_was_sent) {
    failure lost{errc::connection_reset, remedy::retry, "ingest: reset"};
    lost.maybe_acted = true;
    auto out = judge_streaming(lost, "x");
    BOOST_TEST(out.step == step::unanswered);
    BOOST_TEST(out.why.maybe_acted);
    failure refused{errc::connect_refused, remedy::retry, "ingest: refused"};
    out = judge_streaming(refused, "x");
    BOOST_TEST(out.step == step::queue_for_outage);
    BOOST_TEST(out.why.hint.find("firewall") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_and_lengths_in_texts_are_cut) {
    auto out =
        judged(400, error("BadRequest", "E", "at https://h/c?sig=secret" + std::string(5000, 'x')));
    BOOST_TEST(out.why.detail.find("secret") == std::string::npos);
    BOOST_TEST(out.why.detail.size() < 1200u);
    BOOST_TEST(after(400, std::string(200, '[')) == step::queue_for_outage);
}

BOOST_AUTO_TEST_CASE(steps_have_names) {
    for (int i = 0; i <= static_cast<int>(step::unanswered); ++i) {
        BOOST_TEST(to_string(static_cast<step>(i)) != "unknown");
    }
    BOOST_TEST(to_string(static_cast<step>(99)) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_code_shows_no_secret_and_has_an_end) {
    auto code = "E https://a.test/c?sv=1&sig=TOPSECRET " + std::string(30'000, 'x');
    for (unsigned status : {400u, 403u, 404u, 429u, 500u}) {
        auto out = judged(status, error(code, "Kusto.E", "why"));
        BOOST_TEST(out.why.code.text().find("SECRET") == std::string::npos);
        BOOST_TEST(out.why.message().find("SECRET") == std::string::npos);
        BOOST_TEST(out.why.code.text().size() < 80u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
