// What docs/protocol.md §11.1 lists as not known of a live service, and what is done about it.
#include "kusto/rest/operation_status.hpp"
#include "kusto/rest/rest_client.hpp"
#include "kusto/rest/rest_request.hpp"
#include "kusto/rest/rest_settings.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;
namespace json = boost::json;

namespace {

json::object body_of(std::uint64_t raw_bytes, std::map<std::string, std::string> additional) {
    ingestion_request one;
    one.id = "123a6999-411e-4226-a333-a79992dd9b95";
    one.blob = *http::url::parse("https://a.blob.core.windows.net/c/b?sig=s");
    one.raw_bytes = raw_bytes;
    one.format = "csv";
    for (auto& [name, value] : additional) one.additional_properties[name] = value;
    return json::parse(rest_body({one})).as_object();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(undocumented_)

BOOST_AUTO_TEST_CASE(throttling_needs_no_error_document_and_no_retry_after) {
    for (unsigned status : {429u, 503u}) {
        for (auto body : {"", "<html>busy</html>", R"({"error":{"code":"Throttling"}})"}) {
            auto reply = judge_post(http::response{status, {}, body}, "post");
            BOOST_TEST((reply.step == post_step::throttled));
            auto& why = reply.why;
            BOOST_TEST(!why.maybe_acted);
            BOOST_TEST((why.next == remedy::retry));
            BOOST_TEST(!why.retry_after.has_value());
        }
        auto polite = judge_post(http::response{status, {{"Retry-After", "7"}}, ""}, "post");
        BOOST_TEST((polite.why.retry_after == 7s));
    }
}

BOOST_AUTO_TEST_CASE(additional_properties_are_passed_on_by_their_own_names) {
    auto sent = body_of(1, {{"ValidationPolicy", "{}"}, {"persistDetails", "true"}});
    auto& properties = sent.at("properties").as_object();
    BOOST_TEST(properties.at("ValidationPolicy").as_string() == "{}");
    BOOST_TEST(properties.at("persistDetails").as_string() == "true");
}

BOOST_AUTO_TEST_CASE(what_a_request_itself_says_is_not_overridden) {
    auto sent = body_of(1, {{"format", "json"}, {"enableTracking", "false"}});
    auto& properties = sent.at("properties").as_object();
    BOOST_TEST(properties.at("format").as_string() == "csv");
    BOOST_TEST(properties.at("enableTracking").as_bool());
}

BOOST_AUTO_TEST_CASE(the_raw_size_is_always_sent) {
    auto sent = body_of(0, {});
    auto& blob = sent.at("blobs").as_array().at(0).as_object();
    BOOST_TEST(blob.at("rawSize").to_number<std::uint64_t>() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cluster_with_lake_folders_alone_still_says_how_to_post) {
    auto read = parse_rest_settings(
        R"({"containerSettings":{"containers":[],"lakeFolders":[{"path":"https://l/f"}],)"
        R"("preferredUploadMethod":"Lake"},)"
        R"("ingestionSettings":{"preferredIngestionMethod":"Rest"}})"
    );
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->preferred == transport::rest));
}

BOOST_AUTO_TEST_SUITE_END()
