#include "emulator/rest/stream_request.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

exchange asked(const std::string& target) {
    http::incoming request;
    request.method = http::verb::post;
    request.target = target;
    return exchange(std::move(request));
}

std::string refusal_of(const exchange& one) {
    auto read = read_stream(one);
    return read ? "none" : read.error().message;
}

service_error refused(const std::string& code, remedy next = remedy::give_up) {
    failure why{service_code(code), next, "Mapping reference 'M' of type 'Json' is missing."};
    return stream_refusal(why, {"Db", "T"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_request_)

BOOST_AUTO_TEST_CASE(names_its_table_in_two_segments) {
    auto place = stream_place_of("/v1/rest/ingest/My%20Db/T");
    BOOST_REQUIRE(place);
    BOOST_TEST(place->database == "My Db");
    BOOST_TEST(place->table == "T");
    for (auto other :
         {"/v1/rest/ingest/Db",
          "/v1/rest/ingest/Db/",
          "/v1/rest/ingest/Db/T/x",
          "/v1/rest/ingest/%zz/T",
          "/v1/rest/query"}) {
        BOOST_TEST(!stream_place_of(other), other);
    }
}

BOOST_AUTO_TEST_CASE(streams_by_the_policy_of_the_table_before_that_of_all) {
    streaming_options options;
    BOOST_TEST(streams(options, {"Db", "T"}));
    options.tables_off = {"Db.T"};
    BOOST_TEST(!streams(options, {"Db", "T"}));
    BOOST_TEST(streams(options, {"Db", "U"}));
    options.mode = streaming_mode::off;
    options.tables_on = {"Db.U"};
    BOOST_TEST(streams(options, {"Db", "U"}));
    BOOST_TEST(!streams(options, {"Db", "V"}));
}

BOOST_AUTO_TEST_CASE(finds_the_source_in_the_id_of_the_request) {
    std::string guid = "123A6999-411e-4226-a333-a79992dd9b95";
    auto id = source_id_in("KPC.executeManagedStreamingIngest;" + guid + ";1");
    BOOST_TEST(id == "123a6999-411e-4226-a333-a79992dd9b95");
    BOOST_TEST(source_id_in("KIC.execute;1").empty());
    BOOST_TEST(source_id_in("").empty());
}

BOOST_AUTO_TEST_CASE(reads_format_mapping_and_encoding) {
    auto one = asked("/v1/rest/ingest/Db/T?streamFormat=MultiJSON&mappingName=M");
    one.request.headers.add("Content-Encoding", "GZIP");
    auto read = read_stream(one);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->format == "multijson");
    BOOST_TEST(read->mapping == "M");
    BOOST_TEST(read->gzip);
    auto plain = asked("/v1/rest/ingest/Db/T?streamFormat=SCsv");
    plain.request.headers.add("Content-Encoding", "identity");
    BOOST_REQUIRE(read_stream(plain));
    BOOST_TEST(!read_stream(plain)->gzip);
}

BOOST_AUTO_TEST_CASE(refuses_what_streaming_does_not_take) {
    BOOST_TEST(refusal_of(asked("/v1/rest/ingest/Db/T")).find("missing") != std::string::npos);
    BOOST_TEST(refusal_of(asked("/v1/rest/ingest/Db/T?streamFormat=orc")) != "none");
    BOOST_TEST(refusal_of(asked("/v1/rest/ingest/Db?streamFormat=csv")) != "none");
    BOOST_TEST(refusal_of(asked("/v1/rest/ingest/Db/T?streamFormat=csv&sourceKind=uri")) != "none");
    auto brotli = asked("/v1/rest/ingest/Db/T?streamFormat=csv");
    brotli.request.headers.add("Content-Encoding", "br");
    BOOST_TEST(refusal_of(brotli) != "none");
}

BOOST_AUTO_TEST_CASE(refuses_in_texts_as_the_service_does) {
    BOOST_TEST(refused(too_large).status == 413u);
    BOOST_TEST(refused("x", remedy::retry).status == 500u);
    BOOST_TEST(refused("BadRequest_TableNotExist").code == "BadRequest_EntityNotFound");
    auto mapping = refused("BadRequest_MappingReferenceWasNotFound");
    BOOST_TEST(mapping.message == "Entity ID 'M' of kind 'MappingPersistent' was not found.");
    auto other = refused("BadRequest_EmptyBlob");
    BOOST_TEST(other.status == 400u);
    BOOST_TEST(other.message.starts_with("Bad streaming ingestion request to Db.T : "));
}

// The answer as azure-kusto-python's tests have it (docs/protocol.md §3.4).
BOOST_AUTO_TEST_CASE(answers_in_the_recorded_shape) {
    auto recorded = json::parse(R"({"Tables":[{"TableName":"Table_0","Columns":[
        {"ColumnName":"ConsumedRecordsCount","DataType":"Int64"},
        {"ColumnName":"UpdatePolicyStatus","DataType":"String"},
        {"ColumnName":"UpdatePolicyFailureCode","DataType":"String"},
        {"ColumnName":"UpdatePolicyFailureReason","DataType":"String"}],
        "Rows":[[0,"Inactive","Unknown",null]]}]})");
    BOOST_TEST((json::parse(stream_document(0)) == recorded));
}

BOOST_AUTO_TEST_SUITE_END()
