#include "base/text.hpp"
#include "kusto/rest/operation_status.hpp"
#include "kusto/rest/transport_choice.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

// As the service's page has it.
constexpr auto documented = R"({"containerSettings":{
  "containers":[{"path":"https://a.blob.core.windows.net/ingestdata?sv=2021-06-08&sig=x"}],
  "lakeFolders":[{"path":"https://onelake.dfs.fabric.microsoft.com/workspace/artifact/Files"}],
  "refreshInterval":"01:00:00","preferredUploadMethod":"Storage"},
  "ingestionSettings":{"maxBlobsPerBatch":20,"maxDataSize":6442450944,
  "preferredIngestionMethod":"REST"}})";

constexpr auto ended = R"({"startTime":"2025-10-01T12:00:00Z","lastUpdated":"2025-10-01T12:30:00Z",
  "status":{"Succeeded":1,"Failed":1,"InProgress":1,"Canceled":0},
  "details":[{"sourceId":"123A6999-411e-4226-a333-a79992dd9b95",
    "url":"https://example.com/blob1.csv.gz?sig=secret","status":"Failed",
    "startTime":"2025-10-01T12:00:00Z","lastUpdated":"2025-10-01T12:30:00Z",
    "errorCode":"BadRequest_MissingMappingFailure","failureStatus":"Permanent",
    "details":"Mapping not found at https://h/c?sig=secret"},
   {"url":"https://example.com/blob2.csv.gz?sig=secret","status":"InProgress"},
   {"url":"https://example.com/blob3.csv.gz","status":"Succeeded",
    "lastUpdateTime":"2025-10-01T12:31:00Z"}]})";

std::vector<posted_blob> three_blobs() {
    return {
        {"123a6999-411e-4226-a333-a79992dd9b95", "https://example.com/blob1.csv.gz", "Db", "T"},
        {"223a6999-411e-4226-a333-a79992dd9b95", "https://example.com/blob2.csv.gz", "Db", "T"},
        {"323a6999-411e-4226-a333-a79992dd9b95", "https://example.com/blob3.csv.gz", "Db", "T"}};
}

notification failed_with(const std::string& members) {
    auto body = R"({"details":[{"url":"https://h/c/b",)" + members + "}]}";
    auto read = parse_operation_details(body, {{"id", "https://h/c/b", "Db", "T"}});
    return read.value().at(0).value();
}

bool is_pending(const std::string& members) {
    auto body = R"({"details":[{"url":"https://h/c/b",)" + members + "}]}";
    return !parse_operation_details(body, {{"id", "https://h/c/b", "Db", "T"}}).value().at(0);
}

transport preferred(const std::string& method) {
    auto body = R"({"INGESTIONsettings":{"PreferredIngestionMethod":)" + method + "}}";
    return parse_rest_settings(body).value().preferred;
}

operation_status counted(const std::string& members) {
    return parse_operation_status(R"({"status":{)" + members + "}}").value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rest_answers)

BOOST_AUTO_TEST_CASE(reads_the_documented_configuration) {
    auto read = parse_rest_settings(documented);
    BOOST_REQUIRE(read);
    BOOST_TEST((read->preferred == transport::rest));
    BOOST_TEST(read->max_blobs == 20u);
    BOOST_TEST(read->max_data_size == 6442450944u);
    BOOST_TEST((read->refresh_interval == duration(1h)));
}

BOOST_AUTO_TEST_CASE(knows_the_preference_in_every_spelling) {
    for (auto method : {R"("REST")", R"("Rest")", R"("rest")", R"("V2")", R"(" v2 ")"}) {
        BOOST_TEST((preferred(method) == transport::rest), method);
    }
    for (auto method : {R"("V1")", R"("Legacy")", R"("Queue")", R"("new")", "null", "2", "\"\""}) {
        BOOST_TEST((preferred(method) == transport::queued), method);
    }
}

BOOST_AUTO_TEST_CASE(keeps_defaults_for_what_is_missing_or_odd) {
    for (auto body :
         {"{}",
          R"({"ingestionSettings":null,"containerSettings":[]})",
          R"({"ingestionSettings":{"maxBlobsPerBatch":0,"maxDataSize":"many"}})",
          R"({"ingestionSettings":{"maxBlobsPerBatch":-3,"maxDataSize":-1}})",
          R"({"ingestionSettings":{"maxBlobsPerBatch":70,"maxDataSize":1.5}})"}) {
        auto read = parse_rest_settings(body);
        BOOST_REQUIRE(read);
        BOOST_TEST(read->max_blobs == 20u, body);
        BOOST_TEST(read->max_data_size == 6442450944u, body);
        BOOST_TEST((read->refresh_interval == duration(1h)), body);
    }
    auto text = R"({"ingestionSettings":{"maxBlobsPerBatch":"5","maxDataSize":"100"}})";
    BOOST_TEST(parse_rest_settings(text)->max_blobs == 5u);
    BOOST_TEST(parse_rest_settings(text)->max_data_size == 100u);
    auto seconds = R"({"containerSettings":{"refreshInterval":1200}})";
    BOOST_TEST((parse_rest_settings(seconds)->refresh_interval == duration(20min)));
    auto soon = R"({"containerSettings":{"refreshInterval":"00:00:01"}})";
    BOOST_TEST((parse_rest_settings(soon)->refresh_interval == duration(10min)));
    BOOST_TEST((parse_rest_settings("<html>").error().code == errc::bad_answer));
    BOOST_TEST((parse_rest_settings("[]").error().code == errc::bad_answer));
    std::string huge(9u << 20u, ' ');
    BOOST_TEST((parse_rest_settings(huge).error().code == errc::answer_too_large));
}

BOOST_AUTO_TEST_CASE(reads_time_spans) {
    BOOST_TEST((parse_time_span("01:02:03") == duration(1h + 2min + 3s)));
    BOOST_TEST((parse_time_span("01:00:00.5") == duration(1h + 500ms)));
    BOOST_TEST((parse_time_span("2.01:00:00.0000001") == duration(49h + 100ns)));
    BOOST_TEST((parse_time_span("90") == duration(90s)));
    for (auto bad :
         {"",
          "0",
          "-5",
          "00:00:00",
          "-01:00:00",
          "01:00",
          "1:2:3:4",
          "24:00:00",
          "00:60:00",
          "00:00:00.x",
          "00:00:01.",
          "a.00:00:01",
          "00:00:1x",
          "123456789"}) {
        BOOST_TEST(!parse_time_span(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_CASE(follows_the_preference_of_the_service) {
    settings_answer answer{200, rest_settings{}, {}};
    answer.settings->preferred = transport::rest;
    answer.settings->refresh_interval = 10min;
    transport_choice wanted{transport::rest, choice_reason::preferred, 10min};
    BOOST_TEST((choose_transport(answer, transport::queued) == wanted));
    answer.settings->preferred = transport::queued;
    BOOST_TEST((choose_transport(answer, transport::rest).chosen == transport::queued));
}

BOOST_AUTO_TEST_CASE(queues_where_the_service_does_not_know_rest) {
    transport_choice absent{transport::queued, choice_reason::not_supported, 1h};
    BOOST_TEST((choose_transport({404}, transport::rest) == absent));
    for (unsigned status : {301u, 400u, 401u, 403u}) {
        transport_choice refused{transport::queued, choice_reason::refused, 1h};
        BOOST_TEST((choose_transport({status}, transport::rest) == refused), status);
    }
}

BOOST_AUTO_TEST_CASE(keeps_its_decision_through_outages) {
    for (unsigned status : {0u, 200u, 408u, 429u, 500u, 503u}) {
        transport_choice kept{transport::rest, choice_reason::kept, 5s};
        BOOST_TEST((choose_transport({status}, transport::rest) == kept), status);
        transport_choice none{transport::queued, choice_reason::unknown_yet, 5s};
        BOOST_TEST((choose_transport({status}, std::nullopt) == none), status);
    }
    settings_answer busy{429, {}, 30s};
    BOOST_TEST((choose_transport(busy, transport::rest).ask_again == duration(30s)));
    busy.retry_after = 1s;
    BOOST_TEST((choose_transport(busy, transport::rest).ask_again == duration(5s)));
    busy.retry_after = 24h;
    BOOST_TEST((choose_transport(busy, transport::rest).ask_again == duration(1min)));
}

BOOST_AUTO_TEST_CASE(keeps_an_operations_id_as_it_is) {
    BOOST_TEST(*parse_operation_id(R"({"ingestionOperationId":"0;1;a-b"})") == "0;1;a-b");
    for (auto body :
         {"",
          "{}",
          R"({"ingestionOperationId":""})",
          R"({"ingestionOperationId":{}})",
          R"({"ingestionOperationId":"a\nb"})"}) {
        auto read = parse_operation_id(body);
        BOOST_REQUIRE(!read);
        BOOST_TEST(read.error().maybe_acted, body);
    }
    BOOST_TEST(*parse_operation_id(R"({"ingestionOperationId":12345})") == "12345");
    auto of_length = [](std::size_t bytes) {
        return parse_operation_id(R"({"ingestionOperationId":")" + std::string(bytes, 'x') + "\"}");
    };
    BOOST_TEST(of_length(8192)->size() == 8192u);
    BOOST_TEST(!of_length(8193));
}

BOOST_AUTO_TEST_CASE(counts_in_every_spelling) {
    auto read = parse_operation_status(ended);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->succeeded + read->failed + read->in_progress == 3u);
    BOOST_TEST(read->has_news());
    BOOST_TEST(!read->is_done(3));
    BOOST_TEST(counted(R"("succeeded":"2","inProgress":0)").is_done(2));
    BOOST_TEST(counted(R"("Canceled":1,"Failed":1)").is_done(2));
    BOOST_TEST(!counted(R"("Succeeded":2)").is_done(3));
    BOOST_TEST(!counted(R"("Succeeded":0,"Failed":0,"InProgress":0)").is_done(0));
    BOOST_TEST(!counted("").has_news());
    BOOST_TEST(!parse_operation_status("{}"));
    BOOST_TEST(!parse_operation_status(R"({"status":"Succeeded"})"));
    BOOST_TEST(!parse_operation_status("busy"));
}

BOOST_AUTO_TEST_CASE(gives_each_blob_its_outcome) {
    auto read = parse_operation_details(ended, three_blobs());
    BOOST_REQUIRE(read);
    BOOST_REQUIRE(read->size() == 3u);
    auto& first = read->at(0);
    BOOST_REQUIRE(first);
    BOOST_TEST(!first->success);
    BOOST_TEST(first->code == "BadRequest_MissingMappingFailure");
    BOOST_TEST((first->status == failure_status::permanent));
    BOOST_TEST(first->details.find("secret") == std::string::npos);
    BOOST_TEST(first->blob == "https://example.com/blob1.csv.gz");
    BOOST_TEST((judge(*first) == next_step::settle_failure));
    BOOST_TEST(!read->at(1));
    BOOST_REQUIRE(read->at(2));
    BOOST_TEST(read->at(2)->success);
    BOOST_TEST(read->at(2)->source_id == "323a6999-411e-4226-a333-a79992dd9b95");
    BOOST_TEST((read->at(2)->at == *parse_iso8601("2025-10-01T12:31:00Z")));
    BOOST_TEST(!parse_operation_details(R"({"status":{}})", three_blobs()));
    BOOST_TEST(!parse_operation_details("", three_blobs()));
    BOOST_TEST(!parse_operation_details(R"({"details":[1,{}]})", three_blobs())->at(0));
}

BOOST_AUTO_TEST_CASE(a_success_wins_over_failures_of_the_same_blob) {
    std::string failed = R"({"url":"https://h/c/b","status":"Failed","errorCode":"E"})";
    std::string good = R"({"url":"https://h/c/b","status":"Succeeded"})";
    for (auto& list : {failed + "," + good, good + "," + failed}) {
        auto read = parse_operation_details(
            "{\"details\":[" + list + "]}", {{"id", "https://h/c/b", "Db", "T"}}
        );
        BOOST_REQUIRE(read->at(0));
        BOOST_TEST(read->at(0)->success, list);
    }
}

BOOST_AUTO_TEST_CASE(of_attempts_without_a_success_the_last_one_counts) {
    auto read = [](const std::string& list) {
        auto body = "{\"details\":[" + list + "]}";
        return parse_operation_details(body, {{"id", "https://h/c/b", "Db", "T"}}).value().at(0);
    };
    std::string failed = R"({"url":"https://h/c/b","status":"Failed","errorCode":"E",)"
                         R"("lastUpdated":"2025-10-01T12:30:00Z"})";
    std::string pending = R"({"url":"https://h/c/b","status":"InProgress")";
    auto earlier = pending + R"(,"lastUpdated":"2025-10-01T12:00:00Z"})";
    auto later = pending + R"(,"lastUpdated":"2025-10-01T13:00:00Z"})";
    BOOST_TEST(read(failed + "," + earlier).has_value());
    BOOST_TEST(!read(failed + "," + later).has_value());
    BOOST_TEST(!read(later + "," + failed).has_value());
}

BOOST_AUTO_TEST_CASE(an_entry_without_an_id_belongs_to_the_blob_of_its_url) {
    auto id = "123a6999-411e-4226-a333-a79992dd9b95";
    auto finds = [id](const std::string& members) {
        auto body = R"({"details":[{"status":"Failed","errorCode":"E")" + members + "}]}";
        return parse_operation_details(body, {{id, {}, "Db", "T"}}).value().at(0).has_value();
    };
    BOOST_TEST(finds(R"(,"url":"https://h/c/123a6999-411e-4226-a333-a79992dd9b95.csv.gz?s=1")"));
    BOOST_TEST(finds(R"(,"sourceId":" {123A6999-411e-4226-a333-a79992dd9b95}")"));
    BOOST_TEST(!finds(R"(,"url":"https://h/c/223a6999-411e-4226-a333-a79992dd9b95.csv.gz")"));
    BOOST_TEST(!finds(R"(,"url":"")"));
    BOOST_TEST(!finds(""));
    BOOST_TEST(!finds(R"(,"sourceId":null)"));
}

BOOST_AUTO_TEST_CASE(other_names_of_an_end_are_understood) {
    BOOST_TEST(failed_with(R"("status":"Completed")").success);
    BOOST_TEST(failed_with(R"("status":"success")").success);
    BOOST_TEST(!failed_with(R"("status":"Completed","errorCode":"E")").success);
    BOOST_TEST(failed_with(R"("status":"Failure","errorCode":"E")").code == "E");
    BOOST_TEST(is_pending(R"("status":"PartiallySucceeded")"));
}

BOOST_AUTO_TEST_CASE(codes_are_kept_without_secrets) {
    auto one = failed_with(R"("status":"Failed","errorCode":"Download_Forbidden?sig=secret")");
    BOOST_TEST(one.code.starts_with("Download_Forbidden"));
    BOOST_TEST(one.code.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(counters_may_be_written_as_fractions) {
    BOOST_TEST(counted(R"("Succeeded":1.0,"Failed":2e0)").succeeded == 1u);
    BOOST_TEST(counted(R"("Succeeded":1.0,"Failed":2e0)").failed == 2u);
    for (auto odd : {"1.5", "-1.0", "1e300"}) {
        BOOST_TEST(counted(R"("Succeeded":)" + std::string(odd)).succeeded == 0u, odd);
    }
}

BOOST_AUTO_TEST_CASE(recognises_what_was_there_already) {
    for (auto code :
         {"DataAlreadyExists", "Skipped_IngestByTagAlreadyExists", "SkippedIngestion"}) {
        auto one = failed_with(R"("status":"failed","errorCode":")" + std::string(code) + "\"");
        BOOST_TEST(one.skipped, code);
        BOOST_TEST((one.status == failure_status::permanent), code);
    }
    BOOST_TEST(!failed_with(R"("status":"Failed","errorCode":"Other")").skipped);
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_noticed_says_nothing_of_the_first) {
    auto one =
        failed_with(R"("status":"Failed","errorCode":"BlobAlreadyReceived_BlobAlreadyFoundInBatch")"
        );
    BOOST_TEST((judge(one) == next_step::wait));
}

BOOST_AUTO_TEST_CASE(takes_a_transient_end_for_giving_up) {
    auto given_up = failed_with(R"("status":"Failed","errorCode":"E","failureStatus":"Transient")");
    BOOST_TEST((judge(given_up) == next_step::post_again));
    auto exhausted =
        failed_with(R"("status":"Failed","errorCode":"E","failureStatus":"exhausted")");
    BOOST_TEST((judge(exhausted) == next_step::post_again));
    auto silent = failed_with(R"("status":"Failed")");
    BOOST_TEST(silent.code == "Unknown");
    BOOST_TEST((silent.status == failure_status::unknown));
}

BOOST_AUTO_TEST_CASE(settles_what_was_canceled) {
    for (auto status : {"Canceled", "cancelled"}) {
        auto one = failed_with(R"("status":")" + std::string(status) + "\"");
        BOOST_TEST(one.code == "Canceled");
        BOOST_TEST((judge(one) == next_step::settle_failure));
    }
}

BOOST_AUTO_TEST_CASE(waits_for_a_status_it_does_not_know) {
    for (auto status : {"Queued", "InProgress", "Later", ""}) {
        BOOST_TEST(is_pending(R"("status":")" + std::string(status) + "\""), status);
    }
}

BOOST_AUTO_TEST_SUITE_END()
