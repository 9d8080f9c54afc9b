#include "emulator/ingest/messages/message_check.hpp"

#include "base/crypto/crypto.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

catalog known_things() {
    catalog known;
    known.put_table(*parse_table_declaration("MyDb.MyTable(a:string,n:long)"));
    known.put_mapping(
        *parse_mapping_declaration(R"(MyDb.MyTable.MyMapping(Json)=[{"column":"a","Path":"$.a"}])")
    );
    known.put_mapping(
        *parse_mapping_declaration(R"(MyDb.MyTable.MyCsv(Csv)=[{"Column":"a","Ordinal":"0"}])")
    );
    known.put_mapping(
        *parse_mapping_declaration(R"(MyDb.MyTable.Strange(Csv)=[{"Column":"gone","Ordinal":0}])")
    );
    return known;
}

bool is_authctx(std::string_view token) { return token == "AUTHCTX"; }

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

checked_message checked(std::string_view text) {
    return check_message(base64_encode(text), known_things(), is_authctx);
}

json::object good_message() {
    return json::parse(R"({"Id":"F6E8AE77-4f5b-4e4f-9a2b-0e6d8a2a7a01",
        "BlobPath":"https://acct.blob.core.windows.net/c/b.json?sv=1&sig=x","RawDataSize":16,
        "DatabaseName":"MyDb","TableName":"MyTable",
        "AdditionalProperties":{"authorizationContext":"AUTHCTX","format":"json"}})")
        .as_object();
}

// The code with which a good message is refused once `member` is `value`; "" if it is not.
std::string code_with(std::string_view member, json::value value) {
    auto message = good_message();
    message[member] = std::move(value);
    auto out = checked(json::serialize(message));
    return out.refusal ? out.refusal->code.text() : "";
}

std::string code_with_property(std::string_view property, json::value value) {
    auto message = good_message();
    message["AdditionalProperties"].as_object()[property] = std::move(value);
    auto out = checked(json::serialize(message));
    return out.refusal ? out.refusal->code.text() : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_check)

BOOST_AUTO_TEST_CASE(accepts_the_message_of_every_known_client) {
    auto folder = std::filesystem::path(KUSTODROP_SOURCE_DIR) / "tests/emulator/fixtures/messages";
    int count = 0;
    for (auto& entry : std::filesystem::directory_iterator(folder)) {
        auto out = checked(file_text(entry.path()));
        BOOST_TEST_CONTEXT(entry.path().filename()) {
            BOOST_TEST(!out.refusal.has_value(), (out.refusal ? out.refusal->detail : ""));
            BOOST_TEST(out.message.id.size() == 36u);
            BOOST_TEST(out.message.database == "MyDb");
            BOOST_TEST(out.message.table == "MyTable");
            BOOST_TEST((out.message.kind == mapping_kind::json));
            BOOST_TEST(out.message.raw_size.value_or(0) > 0u);
        }
        ++count;
    }
    BOOST_TEST(count == 8);
}

BOOST_AUTO_TEST_CASE(reads_the_names_and_string_booleans_of_java) {
    auto folder = std::filesystem::path(KUSTODROP_SOURCE_DIR) / "tests/emulator/fixtures/messages";
    auto out = checked(file_text(folder / "java.json"));
    BOOST_TEST((out.message.level == report_level::all));
    BOOST_TEST((out.message.method == report_method::queue));
    BOOST_TEST(out.message.retain_blob);
    BOOST_TEST(!out.message.ignore_first_record);
    BOOST_TEST(out.message.tags.at(0) == "ingest-by:seg-1");
    BOOST_TEST(out.message.mapping.at(0).path == "$.a");
}

BOOST_AUTO_TEST_CASE(keeps_the_sas_out_of_the_source_path) {
    auto out = checked(json::serialize(good_message()));
    BOOST_TEST(out.message.source_path() == "https://acct.blob.core.windows.net/c/b.json");
    BOOST_TEST(out.message.id == "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01");
}

BOOST_AUTO_TEST_CASE(reports_failures_only_by_default) {
    auto out = checked(json::serialize(good_message()));
    BOOST_TEST((out.message.level == report_level::failures));
}

BOOST_AUTO_TEST_CASE(calls_what_it_cannot_read_corrupted) {
    auto code = [](std::string_view queue_text) {
        return check_message(queue_text, known_things(), is_authctx).refusal.value().code.text();
    };
    BOOST_TEST(code("not base64") == "BadRequest_CorruptedMessage");
    BOOST_TEST(code(base64_encode("not json")) == "BadRequest_CorruptedMessage");
    BOOST_TEST(code(base64_encode("[]")) == "BadRequest_CorruptedMessage");
    BOOST_TEST(code(base64_encode("{}")) == "BadRequest_CorruptedMessage");
    BOOST_TEST(code_with("ReportLevel", "Sometimes") == "BadRequest_CorruptedMessage");
    BOOST_TEST(code_with("RawDataSize", "many") == "BadRequest_CorruptedMessage");
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong_with_the_source) {
    BOOST_TEST(code_with("BlobPath", "") == "BadRequest_EmptyBlobUri");
    BOOST_TEST(code_with("BlobPath", nullptr) == "BadRequest_EmptyBlobUri");
    BOOST_TEST(code_with("BlobPath", "c/b.json") == "BadRequest_InvalidBlobUri");
    BOOST_TEST(
        code_with("BlobPath", "https://acct.blob.core.windows.net") == "BadRequest_InvalidBlobUri"
    );
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong_with_the_target) {
    BOOST_TEST(code_with("DatabaseName", "") == "BadRequest_EmptyDatabaseName");
    BOOST_TEST(code_with("TableName", nullptr) == "BadRequest_InvalidOrEmptyTableName");
    BOOST_TEST(code_with("DatabaseName", "mydb") == "BadRequest_DatabaseNotExist");
    BOOST_TEST(code_with("TableName", "mytable") == "BadRequest_TableNotExist");
}

BOOST_AUTO_TEST_CASE(knows_formats_in_lower_case_only) {
    BOOST_TEST(code_with_property("format", "csv").empty());
    BOOST_TEST(code_with_property("format", "parquet").empty());
    BOOST_TEST(code_with_property("format", "CSV") == "BadRequest_FormatNotSupported");
    BOOST_TEST(code_with_property("format", "xml") == "BadRequest_FormatNotSupported");
}

BOOST_AUTO_TEST_CASE(wants_an_identity_it_knows) {
    BOOST_TEST(
        code_with("AdditionalProperties", nullptr) == "BadRequest_InvalidKustoIdentityToken"
    );
    BOOST_TEST(
        code_with_property("authorizationContext", "stale") ==
        "BadRequest_InvalidKustoIdentityToken"
    );
}

BOOST_AUTO_TEST_CASE(wants_one_mapping_of_the_right_kind) {
    BOOST_TEST(code_with_property("ingestionMappingReference", "MyMapping").empty());
    BOOST_TEST(
        code_with_property("ingestionMappingReference", "") == "BadRequest_EmptyMappingReference"
    );
    BOOST_TEST(
        code_with_property("ingestionMappingReference", "Unknown") ==
        "BadRequest_MappingReferenceWasNotFound"
    );
    BOOST_TEST(
        code_with_property("ingestionMappingReference", "MyCsv") ==
        "BadRequest_InvalidMappingReference"
    );
    BOOST_TEST(
        code_with_property("csvMappingReference", "MyMapping") ==
        "BadRequest_InvalidMappingReference"
    );
    BOOST_TEST(code_with_property("ingestionMapping", "[{") == "BadRequest_InvalidMapping");
    BOOST_TEST(code_with_property("ingestionMapping", R"([{"column":"a","Path":"$.a"}])").empty());
    BOOST_TEST(
        code_with_property("ingestionMapping", R"([{"column":"b","Path":"$.a"}])") ==
        "BadRequest_InconsistentMapping"
    );

    auto both = good_message();
    auto& bag = both["AdditionalProperties"].as_object();
    bag["ingestionMappingReference"] = "MyMapping";
    bag["ingestionMapping"] = R"([{"column":"a","Path":"$.a"}])";
    BOOST_TEST(
        checked(json::serialize(both)).refusal.value().code.text() == "BadRequest_DuplicateMapping"
    );
}

BOOST_AUTO_TEST_CASE(refuses_a_mapping_type_that_is_not_the_formats) {
    auto message = good_message();
    auto& bag = message["AdditionalProperties"].as_object();
    bag["ingestionMappingReference"] = "MyMapping";
    bag["ingestionMappingType"] = "Csv";
    BOOST_TEST(
        checked(json::serialize(message)).refusal.value().code.text() ==
        "BadRequest_InvalidMappingReference"
    );
}

BOOST_AUTO_TEST_CASE(wants_tags_as_a_string_that_holds_an_array) {
    BOOST_TEST(code_with_property("tags", R"(["a","b"])").empty());
    for (auto name : {"tags", "ingestIfNotExists"}) {
        BOOST_TEST(
            code_with_property(name, json::array{"a"}) == "BadRequest_MalformedIngestionProperty"
        );
        BOOST_TEST(code_with_property(name, "a") == "BadRequest_MalformedIngestionProperty");
        BOOST_TEST(code_with_property(name, "[1]") == "BadRequest_MalformedIngestionProperty");
    }
    BOOST_TEST(
        code_with_property("creationTime", "yesterday") == "BadRequest_MalformedIngestionProperty"
    );
}

BOOST_AUTO_TEST_CASE(a_refused_message_knows_where_to_report) {
    auto message = good_message();
    message["ReportLevel"] = 2;
    message["TableName"] = "Nowhere";
    auto out = checked(json::serialize(message));
    BOOST_TEST(out.message.id == "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01");
    BOOST_TEST(out.message.table == "Nowhere");
    BOOST_TEST((out.message.level == report_level::all));
}

BOOST_AUTO_TEST_SUITE_END()
