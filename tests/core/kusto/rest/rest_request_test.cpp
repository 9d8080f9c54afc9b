#include "kusto/rest/rest_request.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;
namespace json = boost::json;

namespace {

ingestion_request source(const std::string& name) {
    ingestion_request out;
    out.id = "123A6999-411e-4226-a333-a79992dd9b95";
    out.blob = *http::url::parse("https://a.blob.core.windows.net/c/" + name + "?sig=s");
    out.raw_bytes = 10;
    out.database = "Db";
    out.table = "T";
    out.format = "CSV";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rest_request_)

BOOST_AUTO_TEST_CASE(shares_a_request_where_all_it_says_is_the_same) {
    auto one = source("a");
    BOOST_TEST(may_share(one, source("b")));
    auto differs = [&one](auto change) {
        auto other = source("b");
        change(other);
        return !may_share(one, other) && !may_share(other, one);
    };
    BOOST_TEST(differs([](auto& other) { other.database = "X"; }));
    BOOST_TEST(differs([](auto& other) { other.table = "X"; }));
    BOOST_TEST(differs([](auto& other) { other.format = "tsv"; }));
    BOOST_TEST(differs([](auto& other) { other.mapping_reference = "M"; }));
    BOOST_TEST(differs([](auto& other) { other.tags = {"x"}; }));
    BOOST_TEST(differs([](auto& other) { other.ignore_first_record = true; }));
    BOOST_TEST(differs([](auto& other) { other.creation_time = wall_time(1h); }));
    BOOST_TEST(differs([](auto& other) { other.additional_properties = {{"a", "b"}}; }));
    auto deduplicated = source("b");
    deduplicated.ingest_if_not_exists = {"x"};
    BOOST_TEST(!may_share(deduplicated, deduplicated));
}

BOOST_AUTO_TEST_CASE(a_group_takes_what_shares_its_request) {
    request_group all(source("a"), {});
    auto other = source("b");
    other.table = "U";
    BOOST_TEST(!all.takes(other));
    BOOST_TEST(!all.takes(source("a")));  // The same URL.
    BOOST_TEST(all.takes(source("c")));
    all.add(source("c"));
    BOOST_TEST(!all.takes(source("c")));
    BOOST_TEST(all.takes(source("d")));
    BOOST_TEST(all.members().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_group_is_full_at_the_limits) {
    request_group two(source("a"), {2, 1000});
    BOOST_TEST(!two.is_full());
    two.add(source("b"));
    BOOST_TEST(two.is_full());
    BOOST_TEST(!two.takes(source("c")));
    BOOST_TEST(request_group(source("a"), {20, 20}).takes(source("b")));
    BOOST_TEST(!request_group(source("a"), {20, 19}).takes(source("b")));
    for (request_limits none : {request_limits{20, 5}, request_limits{0, 0}}) {
        request_group one(source("a"), none);
        BOOST_TEST(one.is_full());
        BOOST_TEST(one.members().size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(what_is_deduplicated_fills_its_group_alone) {
    auto deduplicated = source("a");
    deduplicated.ingest_if_not_exists = {"x"};
    BOOST_TEST(request_group(deduplicated, {}).is_full());
    BOOST_TEST(!request_group(source("b"), {}).takes(deduplicated));
}

BOOST_AUTO_TEST_CASE(writes_the_documented_body) {
    auto one = source("blob1.csv.gz");
    one.tags = {"ingest-by:rest"};
    one.mapping_reference = "csv_mapping";
    one.creation_time = parse_iso8601("2025-10-01T11:00:00Z");
    one.created_at = *parse_iso8601("2025-10-01T12:00:00Z");
    auto documented = json::parse(R"({"timestamp":"2025-10-01T12:00:00.000Z","blobs":[
        {"url":"https://a.blob.core.windows.net/c/blob1.csv.gz?sig=s",
         "sourceId":"123a6999-411e-4226-a333-a79992dd9b95","rawSize":10}],
        "properties":{"format":"csv","enableTracking":true,"tags":["ingest-by:rest"],
        "ingestionMappingReference":"csv_mapping","creationTime":"2025-10-01T11:00:00.000Z"}})");
    BOOST_TEST((json::parse(rest_body({one})) == documented));
    BOOST_TEST(json::parse(rest_body({one, source("b")})).at("blobs").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(says_only_what_is_wanted) {
    auto plain = json::parse(rest_body({source("a")})).at("properties").as_object();
    BOOST_TEST(plain.size() == 2u);
    auto one = source("a");
    one.ingest_if_not_exists = {"x"};
    one.ignore_first_record = true;
    one.additional_properties = {{"later", "y"}, {"format", "theirs"}};
    auto full = json::parse(rest_body({one})).at("properties").as_object();
    BOOST_TEST(full.at("ingestIfNotExists").at(0).as_string() == "x");
    BOOST_TEST(full.at("ignoreFirstRecord").as_bool());
    BOOST_TEST(full.at("later").as_string() == "y");
    BOOST_TEST(full.at("format").as_string() == "csv");
}

BOOST_AUTO_TEST_CASE(encodes_every_segment_of_a_path) {
    BOOST_TEST(
        operation_path("Telemetry DB", "Raw/Events", "1;2") ==
        "/v1/rest/ingestion/queued/Telemetry%20DB/Raw%2FEvents/1%3B2"
    );
}

BOOST_AUTO_TEST_SUITE_END()
