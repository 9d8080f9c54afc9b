// Answers of the service that are not what they should be: each piece of a good one is taken out,
// exchanged and damaged in turn. No parser may throw, and each of its failures must occur.
#include "azure/identity/token_answer.hpp"
#include "azure/storage/queue_xml.hpp"
#include "azure/storage/storage_error.hpp"
#include "azure/storage/storage_place.hpp"
#include "counting.hpp"
#include "kusto/cloud.hpp"
#include "kusto/notifications.hpp"
#include "kusto/resources.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

using namespace kustodrop;
using namespace kustodrop::test;
namespace json = boost::json;

namespace {

const wall_time now(std::chrono::hours(24 * 20000));

// What may stand where something else is expected.
json::array strangers() {
    json::array out{nullptr, true, -1, std::uint64_t(-1), 1e300, "", "text", "https://user@host/"};
    out.emplace_back(std::string(70'000, 'x'));
    out.emplace_back(json::array());
    out.emplace_back(json::array{1, nullptr, "a"});
    out.emplace_back(json::object());
    out.emplace_back(json::object{{"a", json::object{{"b", 1}}}});
    return out;
}

// Calls `use` with the document in every damaged form, one damage at a time.
void each_damage(json::value& whole, json::value& at, const std::function<void(std::string)>& use) {
    auto good = at;
    for (auto& stranger : strangers()) {
        at = stranger;
        use(json::serialize(whole));
    }
    at = good;
    if (at.is_object()) {
        for (auto& [key, value] : json::object(good.get_object())) {
            at.get_object().erase(key);
            use(json::serialize(whole));
            at = good;
            each_damage(whole, at.get_object()[key], use);
        }
    } else if (at.is_array()) {
        for (std::size_t i = 0; i < good.get_array().size(); ++i) {
            at.get_array().erase(at.get_array().begin() + static_cast<std::ptrdiff_t>(i));
            use(json::serialize(whole));
            at = good;
            each_damage(whole, at.get_array()[i], use);
        }
    }
}

void each_damage_of(const std::string& good, const std::function<void(std::string)>& use) {
    auto document = json::parse(good);
    each_damage(document, document, use);
    for (std::size_t end = 0; end < good.size(); end += 3) use(good.substr(0, end));
    for (auto* other : {"", "null", "[]", "<html>", "\xff\xfe", "{\"a\":", "{}x", "\0"}) use(other);
    use(std::string(40, '[') + std::string(40, ']'));
    use(std::string(5u << 20u, ' '));
}

void met(const failure& problem) {
    BOOST_TEST(!problem.code.text().empty());
    BOOST_TEST(problem.detail.find('\n') == std::string::npos);
    BOOST_TEST(problem.detail.find("sig=") == std::string::npos);
    bad_input_counts::all().reached.insert(problem.code.text());
}

// Counts a case; whatever the parser made of it, it did not throw.
template <class Result>
void judge(const Result& read) {
    ++bad_input_counts::all().answers;
    if (!read) met(read.error());
}

const std::string good_resources = R"({"Tables":[{"TableName":"Table_0","Columns":[
{"ColumnName":"ResourceTypeName"},{"ColumnName":"StorageRoot"}],"Rows":[
["SecuredReadyForAggregationQueue","https://a.queue.core.windows.net/ready?sig=s&se=2030-01-01"],
["TempStorage","https://a.blob.core.windows.net/upload?sig=s&se=2030-01-01"],
["FailedIngestionsQueue","https://a.queue.core.windows.net/failed?sig=s"]]}]})";

const std::string good_failure =
    R"({"IngestionSourceId":"5974b586-0df3-4e2d-ad0c-18e3892bfca2","OperationId":"o",
"Database":"D","Table":"T","FailedOn":"2026-08-22T10:00:00Z","ErrorCode":"BadRequest_InvalidBlob",
"Details":"at https://a.blob.core.windows.net/b?sig=secret","FailureStatus":"Permanent",
"IngestionSourcePath":"https://a/b?sig=s","ShouldRetry":true,"OriginatesFromUpdatePolicy":false})";

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_answers)

BOOST_AUTO_TEST_CASE(to_management_commands) {
    each_damage_of(good_resources, [](const std::string& body) {
        auto read = kusto::parse_dataset(body);
        judge(read);
        if (read) judge(kusto::parse_resources(*read, {}, now));
    });
    auto good_token =
        R"({"Tables":[{"Columns":[{"ColumnName":"AuthorizationContext"}],"Rows":[["opaque"]]}]})";
    each_damage_of(good_token, [](const std::string& body) {
        auto read = kusto::parse_dataset(body);
        if (read) judge(kusto::parse_identity_token(*read));
    });
    each_damage_of(R"({"error":{"code":"c","message":"m","@permanent":true}})", [](auto body) {
        for (unsigned status : {400u, 401u, 403u, 404u, 429u, 500u, 503u}) {
            http::response answer{status, {}, body};
            ++bad_input_counts::all().answers;
            met(kusto::management_failure(answer, "a command"));
        }
    });
    judge(kusto::parse_dataset(R"({"Tables":[],"Exceptions":["it broke"]})"));
}

BOOST_AUTO_TEST_CASE(to_the_question_where_to_sign_in) {
    auto good = R"({"AzureAD":{"LoginEndpoint":"https://login.microsoftonline.com",
        "LoginMfaRequired":false,"KustoServiceResourceId":"https://kusto.kusto.windows.net"}})";
    auto endpoint = http::url::parse("https://ingest-c.region.kusto.windows.net");
    each_damage_of(good, [&](const std::string& body) {
        auto read = kusto::parse_cloud(200, body);
        judge(read);
        if (read) judge(kusto::check_login_endpoint(*read, *endpoint, {}));
    });
    for (unsigned status : {204u, 302u, 401u, 404u, 500u}) judge(kusto::parse_cloud(status, good));
}

BOOST_AUTO_TEST_CASE(of_token_endpoints) {
    auto use = [](const std::string& body) {
        for (unsigned status : {200u, 302u, 400u, 401u, 429u, 503u}) {
            http::response answer{status, {}, body};
            judge(azure::parse_token_answer(answer, "the endpoint", now));
        }
    };
    each_damage_of(R"({"access_token":"t","expires_in":3600,"expires_on":"1","a":1})", use);
    each_damage_of(
        R"({"error":"invalid_client","error_description":"AADSTS7000215: no","error_codes":[1]})",
        use
    );
}

BOOST_AUTO_TEST_CASE(of_queues) {
    const std::string good =
        "<?xml version=\"1.0\"?><QueueMessagesList><QueueMessage><MessageId>a</MessageId>"
        "<InsertionTime>Mon, 23 Nov 2026 00:24:22 GMT</InsertionTime><PopReceipt>p</PopReceipt>"
        "<DequeueCount>1</DequeueCount><MessageText>PHRlc3Q+</MessageText></QueueMessage>"
        "</QueueMessagesList>";
    for (std::size_t at = 0; at < good.size(); ++at) {
        judge(azure::parse_queue_messages(good.substr(0, at)));
        auto damaged = good;
        damaged[at] = "<>&/\0\xff"[at % 6];
        judge(azure::parse_queue_messages(damaged));
        http::response answer{403, {}, damaged};
        met(azure::storage_failure(answer, "get messages"));
    }
    for (auto* other : {"<!DOCTYPE a []><a/>", "<a><b></a></b>", "<a>&nope;</a>", "<a/><b/>"}) {
        judge(azure::parse_queue_messages(other));
    }
}

BOOST_AUTO_TEST_CASE(of_storage_of_every_status) {
    for (unsigned status = 200; status < 600; ++status) {
        for (auto* code : {"", "ServerBusy", "QueueNotFound", "AuthenticationFailed", "a b\n"}) {
            http::response answer;
            answer.status = status;
            if (*code) answer.headers.add("x-ms-error-code", code);
            ++bad_input_counts::all().answers;
            met(azure::storage_failure(answer, "put blob"));
        }
    }
}

BOOST_AUTO_TEST_CASE(in_notification_queues) {
    each_damage_of(good_failure, [](const std::string& text) {
        for (auto kind : {kusto::notification_kind::success, kusto::notification_kind::failure}) {
            auto parsed = kusto::parse_notification(kind, text);
            judge(parsed);
            if (!parsed) continue;
            BOOST_TEST(parsed->details.find("sig=secret") == std::string::npos);
            kusto::judge(*parsed);
        }
    });
}

BOOST_AUTO_TEST_CASE(that_name_places) {
    for (auto* uri :
         {"",
          "a",
          "https://",
          "https:///c",
          "ftp://a.b/c",
          "https://u@a.blob.core.windows.net/c",
          "https://a.blob.core.windows.net",
          "https://a.blob.core.windows.net/c/d",
          "https://a.blob.core.windows.net/c#f",
          "https://a.blob.core.windows.net:0/c",
          "http://127.0.0.1/only",
          "https://a%2e.blob.core.windows.net/c",
          "https://a.blob.core.windows.net./c"}) {
        auto place = azure::parse_storage_place(uri, now);
        BOOST_TEST_CONTEXT(uri) { BOOST_TEST(!place); }
        judge(place);
    }
    for (auto* uri : {"http://a.blob.core.windows.net/c", "https://169.254.169.254/c"}) {
        judge(kusto::check_storage_host(*http::url::parse(uri), {}));
        judge(kusto::check_endpoint(*http::url::parse(uri), {}));
    }
    judge(kusto::check_endpoint(*http::url::parse("https://c.region.kusto.windows.net"), {}));
}

// The failures that the parsers' own sources name.
BOOST_AUTO_TEST_CASE(meet_every_failure_that_parsers_know) {
    auto& counts = bad_input_counts::all();
    const std::regex coded("errc::([a-z_]+)");
    std::size_t known = 0;
    for (std::string name :
         {"azure/storage/queue_xml",
          "azure/storage/storage_place",
          "azure/identity/token_answer",
          "kusto/cloud",
          "kusto/dataset",
          "kusto/notifications",
          "kusto/resources"}) {
        std::ifstream in(KUSTODROP_SOURCE_DIR "/core/" + name + ".cpp");
        std::stringstream text;
        text << in.rdbuf();
        auto source = text.str();
        for (std::sregex_iterator at(source.begin(), source.end(), coded), end; at != end; ++at) {
            ++known;
            if (!counts.reached.contains((*at)[1])) counts.not_reached.insert((*at)[1]);
        }
    }
    BOOST_TEST(known >= 8U);
    BOOST_TEST(counts.not_reached.empty());
    BOOST_TEST(counts.answers > 500U);
}

BOOST_AUTO_TEST_SUITE_END()
