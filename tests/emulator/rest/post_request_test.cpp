#include "emulator/rest/post_request.hpp"

#include "emulator/rest/configuration_document.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

struct post_world {
    rest_options options = {};
    random_generator random{1};
    post_context context{"Db", "T", "token"};

    auto read(std::string_view body) { return read_post(body, context, options, random); }
    std::string blob(const std::string& name, const std::string& more = "") {
        return R"({"url":"https://a.blob.core.windows.net/c/)" + name + R"(?sig=s")" + more + "}";
    }
    std::string body(const std::string& blobs, const std::string& properties = "") {
        return R"({"blobs":[)" + blobs + R"(],"properties":{"format":"csv")" + properties + "}}";
    }
    std::string refusal_of(std::string_view text) {
        auto done = read(text);
        return done ? "none" : done.error().message;
    }
    bool refused(std::string_view text) { return refusal_of(text) != "none"; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(post_request_, post_world)

BOOST_AUTO_TEST_CASE(makes_a_message_of_each_blob) {
    auto id = R"(,"sourceId":"123a6999-411e-4226-a333-a79992dd9b95","rawSize":10)";
    auto done = read(body(
        blob("a.gz", id) + "," + blob("b.gz"),
        R"(,"enableTracking":true,"tags":["ingest-by:x"],"deleteAfterDownload":true,"later":1)"
    ));
    BOOST_REQUIRE(done);
    BOOST_TEST(done->tracked);
    BOOST_REQUIRE(done->messages.size() == 2u);
    auto first = json::parse(done->messages[0]);
    BOOST_TEST(first.at("Id").as_string() == "123a6999-411e-4226-a333-a79992dd9b95");
    BOOST_TEST(first.at("RawDataSize").as_int64() == 10);
    BOOST_TEST(first.at("DatabaseName").as_string() == "Db");
    BOOST_TEST(!first.at("RetainBlobOnSuccess").as_bool());
    BOOST_TEST(first.at("AdditionalProperties").at("tags").as_string() == R"(["ingest-by:x"])");
    BOOST_TEST(done->blobs[1].source_id.empty());
    BOOST_TEST(is_guid(std::string_view(json::parse(done->messages[1]).at("Id").as_string())));
}

BOOST_AUTO_TEST_CASE(refuses_what_no_blob_could_be_ingested_with) {
    BOOST_TEST(refused("[]"));
    BOOST_TEST(refused("{"));
    BOOST_TEST(refused("{}"));
    BOOST_TEST(refused(body("")));
    BOOST_TEST(refused(R"({"blobs":[{"url":"https://h/c/a"}],"properties":{}})"));
    BOOST_TEST(refused(R"({"blobs":[{"url":"https://h/c/a"}],"properties":{"format":"CSV"}})"));
    BOOST_TEST(refused(body(R"({"url":"a"})")));
    BOOST_TEST(refused(body("1")));
    BOOST_TEST(refused(body(blob("a", R"(,"sourceId":"x")"))));
    BOOST_TEST(refused(body(blob("a", R"(,"rawSize":"1")"))));
    BOOST_TEST(refused(body(blob("a"), R"(,"tags":"[]")")));
    BOOST_TEST(refused(body(blob("a"), R"(,"ingestIfNotExists":[1])")));
    BOOST_TEST(refused(body(blob("a"), R"(,"enableTracking":"true")")));
    BOOST_TEST(refused(body(blob("a"), R"(,"creationTime":"soon")")));
    BOOST_TEST(
        refused(body(blob("a"), R"(,"ingestionMapping":"[]","ingestionMappingReference":"m")"))
    );
    BOOST_TEST(!refused(body(blob("a", R"(,"rawSize":null)"))));
}

BOOST_AUTO_TEST_CASE(keeps_to_the_limits) {
    BOOST_TEST(refusal_of(body(blob("a") + "," + blob("a"))).find("same URL") != std::string::npos);
    std::string all;
    for (int i = 0; i < 21; ++i) all += (i ? "," : "") + blob(std::to_string(i));
    BOOST_TEST(refusal_of(body(all)).find("at most 20") != std::string::npos);
    options.max_data_size = 10;
    BOOST_TEST(refused(body(blob("a", R"(,"rawSize":6)") + "," + blob("b", R"(,"rawSize":6)"))));
}

BOOST_AUTO_TEST_CASE(spells_its_configuration_as_it_is_told) {
    options.ingestion_method = "REST";
    auto written = json::parse(configuration_document(options, {"https://h/c?sig=s"}));
    auto& limits = written.at("ingestionSettings").as_object();
    BOOST_TEST(limits.at("preferredIngestionMethod").as_string() == "REST");
    BOOST_TEST(limits.at("maxDataSize").to_number<std::uint64_t>() == 6442450944u);
    auto& places = written.at("containerSettings").as_object();
    BOOST_TEST(places.at("containers").at(0).at("path").as_string() == "https://h/c?sig=s");
    options.ingestion_method = "";
    options.numbers_as_text = true;
    auto other = json::parse(configuration_document(options, {})).at("ingestionSettings");
    BOOST_TEST(!other.as_object().contains("preferredIngestionMethod"));
    BOOST_TEST(other.at("maxDataSize").as_string() == "6442450944");
}

BOOST_AUTO_TEST_SUITE_END()
