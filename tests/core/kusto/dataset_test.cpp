#include "kusto/dataset.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using kusto::management_failure;
using kusto::parse_dataset;

namespace {

std::string table(const std::string& columns, const std::string& rows) {
    return R"({"Tables":[{"TableName":"Table_0","Columns":)" + columns + R"(,"Rows":)" + rows +
           "}]}";
}

constexpr auto two_columns = R"([{"ColumnName":"Kind","DataType":"String"},{"ColumnName":"Root"}])";

failure refusal(unsigned status, std::string body = {}, http::headers headers = {}) {
    http::response answer{status, std::move(headers), std::move(body)};
    return management_failure(answer, "\".show x\" at dm.test");
}

constexpr auto wrong_endpoint = R"({"error":{"code":"BadRequest","message":"Request is invalid.",
 "@type":"Kusto.Common.Svc.Exceptions.AdminCommandWrongEndpointException",
 "@message":"The appropriate endpoint is 'https://ingest-somecluster.westus.kusto.windows.net'.",
 "@permanent":false}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(dataset_)

BOOST_AUTO_TEST_CASE(a_byte_order_mark_says_nothing) {
    BOOST_TEST(parse_dataset("\xEF\xBB\xBF" + table(two_columns, "[]")).has_value());
}

BOOST_AUTO_TEST_CASE(reads_rows_by_the_names_of_columns) {
    auto found = parse_dataset(table(two_columns, R"([["a","b"],["c","d"]])"));
    auto& first = *found->first();
    BOOST_TEST(first.name == "Table_0");
    BOOST_TEST(first.column("root", 9) == 1u);
    BOOST_TEST(first.column("Other", 9) == 9u);
    BOOST_TEST(first.rows.size() == 2u);
    BOOST_TEST(first.value(first.rows[1], 0) == "c");
    BOOST_TEST(first.value(first.rows[1], 9) == "");
}

BOOST_AUTO_TEST_CASE(reads_values_of_every_kind_as_text) {
    auto found = parse_dataset(table("[]", R"([[null,1,2.5,true,{"a":1},[]]])"));
    auto& row = found->first()->rows.front();
    BOOST_TEST(row[0] == "");
    BOOST_TEST(row[1] == "1");
    BOOST_TEST(row[3] == "true");
    BOOST_TEST(row[4] == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(survives_missing_columns_and_rows) {
    BOOST_TEST(parse_dataset(R"({"Tables":[]})")->first() == nullptr);
    BOOST_TEST(parse_dataset(R"({"tables":[{}]})")->first()->rows.empty());
    auto odd = parse_dataset(table("[7]", R"([{"Exceptions":["x"]},["a"]])"));
    BOOST_TEST(odd->first()->rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_dataset) {
    for (auto body : {"", "null", "[]", "{}", "<html>", R"({"Tables":7})", R"({"Tables":[7]})"}) {
        BOOST_TEST(parse_dataset(body).error().code == errc::bad_answer, body);
    }
}

BOOST_AUTO_TEST_CASE(refuses_endless_size_and_depth) {
    auto deep = table("[]", std::string(40, '[') + std::string(40, ']'));
    BOOST_TEST(parse_dataset(deep).has_error());
    auto large = table("[]", R"([[")" + std::string(5u << 20u, 'x') + R"("]])");
    BOOST_TEST(parse_dataset(large).has_error());
}

BOOST_AUTO_TEST_CASE(exceptions_in_a_good_answer_are_a_failure) {
    auto partial = parse_dataset(R"({"Tables":[],"Exceptions":["Query was aborted"]})");
    BOOST_TEST(partial.error().code == errc::partial_failure);
    BOOST_TEST(partial.error().detail.find("Query was aborted") != std::string::npos);
    auto none = parse_dataset(R"({"Tables":[],"Exceptions":[]})");
    BOOST_TEST(none.has_value());
    BOOST_TEST(parse_dataset(R"({"Tables":[],"OneApiErrors":[{"error":{}}]})").has_error());
}

BOOST_AUTO_TEST_CASE(a_command_at_the_wrong_endpoint_is_a_configuration_mistake) {
    auto failed = refusal(400, wrong_endpoint);
    BOOST_TEST((failed.next == remedy::reconfigure));
    BOOST_TEST(failed.code == errc::engine_endpoint);
    BOOST_TEST(
        failed.detail.find("https://ingest-somecluster.westus.kusto.windows.net") !=
        std::string::npos
    );
    BOOST_TEST(failed.message().find("cluster.ingestion_endpoint") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_status_has_its_remedy) {
    BOOST_TEST((refusal(401).next == remedy::reauthenticate));
    BOOST_TEST((refusal(403, "<html>Forbidden</html>").next == remedy::reconfigure));
    BOOST_TEST((refusal(404).next == remedy::reconfigure));
    BOOST_TEST((refusal(302).next == remedy::reconfigure));
    BOOST_TEST((refusal(413).next == remedy::give_up));
    for (unsigned status : {408u, 429u, 500u, 503u, 504u, 520u}) {
        BOOST_TEST((refusal(status).next == remedy::retry), status);
    }
    BOOST_TEST(
        (refusal(400, R"({"error":{"code":"X","@permanent":true}})").next == remedy::reconfigure)
    );
    BOOST_TEST((refusal(400, R"({"error":{"code":"X","@permanent":false}})").next == remedy::retry)
    );
}

BOOST_AUTO_TEST_CASE(throttling_is_known_by_its_type_too) {
    auto failed = refusal(
        400,
        R"({"error":{"code":"BadRequest","@type":"Kusto.ControlCommandThrottledException"}})",
        {{"Retry-After", "3"}}
    );
    BOOST_TEST((failed.next == remedy::retry));
    BOOST_TEST((failed.retry_after == 3s));
    BOOST_TEST(failed.message().find("throttles") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(carries_the_activity_id_and_the_command) {
    auto failed = refusal(500, "", {{"x-ms-activity-id", "act-1"}});
    BOOST_TEST(failed.request_id == "act-1");
    BOOST_TEST(failed.code.text() == "http_500");
    BOOST_TEST(failed.detail.starts_with("\".show x\" at dm.test: 500 http_500"));
}

BOOST_AUTO_TEST_CASE(what_is_quoted_has_no_secrets_and_one_line) {
    auto failed = refusal(
        500,
        R"({"error":{"code":"E",
            "@message":"line 1\nat https://a.test/c?sv=1&sig=TOP%2BSECRET end"}})"
    );
    BOOST_TEST(failed.detail.find("SECRET") == std::string::npos);
    BOOST_TEST(failed.detail.find("line 1 at https://a.test/c?… end") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_code_shows_no_secret_and_has_an_end) {
    auto code = "E https://a.test/c?sv=1&sig=TOPSECRET " + std::string(30'000, 'x');
    auto failed = refusal(500, R"({"error":{"code":")" + code + R"("}})");
    BOOST_TEST(failed.code.text().find("SECRET") == std::string::npos);
    BOOST_TEST(failed.detail.find("SECRET") == std::string::npos);
    BOOST_TEST(failed.code.text().size() < 80u);
}

BOOST_AUTO_TEST_SUITE_END()
