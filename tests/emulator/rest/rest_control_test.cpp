#include "emulator/rest/rest_control.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

std::optional<std::string> rest(rest_options& options, std::string_view body) {
    auto parsed = json::parse(body);
    return change_rest(parsed.as_object(), options);
}

std::optional<std::string> streaming(streaming_options& options, std::string_view body) {
    auto parsed = json::parse(body);
    return change_streaming(parsed.as_object(), options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rest_control_)

BOOST_AUTO_TEST_CASE(changes_what_is_named_and_nothing_else) {
    rest_options options;
    BOOST_TEST(!rest(options, R"({"ingestion_method":"Rest","max_blobs":3,"notice_after":"2s"})"));
    BOOST_TEST(options.ingestion_method == "Rest");
    BOOST_TEST(options.max_blobs == 3u);
    BOOST_TEST((options.notice_after == duration(2s)));
    BOOST_TEST(options.upload_method == "Storage");
    BOOST_TEST(!rest(options, R"({"lake_folders":["https://l/a"],"enabled":false})"));
    BOOST_TEST(options.lake_folders.size() == 1u);
    BOOST_TEST(!options.enabled);
    BOOST_TEST(!rest(options, "{}"));
    BOOST_TEST(!rest(options, R"({"forget":true})"));
}

BOOST_AUTO_TEST_CASE(changes_nothing_where_one_member_is_wrong) {
    rest_options options;
    for (auto wrong :
         {R"({"max_blobs":3,"max_data_size":-1})",
          R"({"max_blobs":3,"unknown":1})",
          R"({"max_blobs":3,"enabled":"yes"})",
          R"({"max_blobs":3,"notice_after":"soon"})",
          R"({"max_blobs":3,"lake_folders":[1]})",
          R"({"max_blobs":3,"lake_folders":"x"})",
          R"({"max_blobs":3,"ingestion_method":1})",
          R"({"max_blobs":3,"report":1})",
          R"({"max_blobs":3,"report":{"status":"Lost"}})",
          R"({"max_blobs":3,"report":{"other":1}})"}) {
        BOOST_TEST(rest(options, wrong).has_value(), wrong);
        BOOST_TEST(options.max_blobs == 20u);
    }
}

BOOST_AUTO_TEST_CASE(reports_an_outcome_until_it_is_taken_back) {
    rest_options options;
    BOOST_TEST(!rest(options, R"({"report":{"code":"C","failure_status":"Transient"}})"));
    BOOST_REQUIRE(options.report);
    BOOST_TEST(options.report->status == "Failed");
    BOOST_TEST(options.report->failure_status == "Transient");
    BOOST_TEST(!rest(options, R"({"max_blobs":5})"));
    BOOST_TEST(options.report.has_value());
    BOOST_TEST(!rest(options, R"({"report":null})"));
    BOOST_TEST(!options.report.has_value());
}

BOOST_AUTO_TEST_CASE(changes_streaming) {
    streaming_options options;
    BOOST_TEST(!streaming(options, R"({"mode":"disabled","tables_on":["Db.T"],"max_bytes":5})"));
    BOOST_TEST((options.mode == streaming_mode::disabled));
    BOOST_TEST(options.tables_on.contains("Db.T"));
    BOOST_TEST(options.max_bytes == 5u);
    BOOST_TEST(!streaming(options, R"({"max_requests":1})"));
    BOOST_TEST((options.mode == streaming_mode::disabled));
    BOOST_TEST(streaming(options, R"({"mode":"maybe"})").has_value());
    BOOST_TEST(streaming(options, R"({"mode":1})").has_value());
    BOOST_TEST(streaming(options, R"({"other":1})").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
