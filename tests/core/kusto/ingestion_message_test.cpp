#include "kusto/ingestion_message.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

ingestion_request sample() {
    ingestion_request out;
    out.id = "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01";
    out.blob = *http::url::parse("https://acct.blob.core.windows.net/c/b.json.gz?sv=1&sig=a%2Bb");
    out.raw_bytes = 5'000'000'000;
    out.database = "Db";
    out.table = "T";
    out.format = "json";
    out.mapping_reference = "M";
    out.created_at = *parse_iso8601("2026-08-22T10:00:00.123Z");
    out.client_version = "1.0.0";
    return out;
}

std::string text_of(const ingestion_request& request) {
    return *base64_decode(*ingestion_message(request, secret("AUTHCTX")));
}

boost::json::object message(const ingestion_request& request) {
    return boost::json::parse(text_of(request)).as_object();
}

boost::json::object properties(const ingestion_request& request) {
    return message(request)["AdditionalProperties"].as_object();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ingestion_message_)

BOOST_AUTO_TEST_CASE(is_exactly_what_the_service_takes) {
    BOOST_TEST(
        text_of(sample()) ==
        R"({"Id":"f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01",)"
        R"("BlobPath":"https://acct.blob.core.windows.net/c/b.json.gz?sv=1&sig=a%2Bb",)"
        R"("RawDataSize":5000000000,"DatabaseName":"Db","TableName":"T",)"
        R"("RetainBlobOnSuccess":true,"FlushImmediately":false,"IgnoreSizeLimit":false,)"
        R"("ReportLevel":2,"ReportMethod":0,)"
        R"("SourceMessageCreationTime":"2026-08-22T10:00:00.123Z",)"
        R"("ApplicationForTracing":"kustodrop",)"
        R"("ClientVersionForTracing":"Kusto.Kustodrop:{1.0.0}",)"
        R"("AdditionalProperties":{"authorizationContext":"AUTHCTX","format":"json",)"
        R"("ingestionMappingReference":"M","ingestionMappingType":"Json"}})"
    );
}

BOOST_AUTO_TEST_CASE(names_the_row_of_the_status_table_with_its_sas) {
    auto request = sample();
    BOOST_TEST(!message(request).contains("IngestionStatusInTable"));
    request.report_method = 1;
    request.status.emplace();
    request.status->table = *http::url::parse("https://a.table.core.windows.net/t?sig=x");
    request.status->partition_key = "p";
    request.status->row_key = "r";
    auto sent = message(request);
    BOOST_TEST(sent["ReportMethod"].as_int64() == 1);
    BOOST_TEST(
        boost::json::serialize(sent["IngestionStatusInTable"]) ==
        R"({"TableConnectionString":"https://a.table.core.windows.net/t?sig=x",)"
        R"("PartitionKey":"p","RowKey":"r"})"
    );
}

BOOST_AUTO_TEST_CASE(reports_as_configured) {
    auto request = sample();
    request.report_level = 0;
    request.report_method = 1;
    BOOST_TEST(message(request)["ReportLevel"].as_int64() == 0);
    BOOST_TEST(message(request)["ReportMethod"].as_int64() == 1);
}

BOOST_AUTO_TEST_CASE(without_a_mapping_neither_half_of_the_pair_is_sent) {
    auto request = sample();
    request.mapping_reference.clear();
    request.mapping_kind = "Json";
    BOOST_TEST(!properties(request).contains("ingestionMappingReference"));
    BOOST_TEST(!properties(request).contains("ingestionMappingType"));
}

BOOST_AUTO_TEST_CASE(a_given_mapping_kind_counts_more_than_the_formats) {
    auto request = sample();
    request.mapping_kind = "Csv";
    BOOST_TEST(properties(request)["ingestionMappingType"].as_string() == "Csv");
}

BOOST_AUTO_TEST_CASE(lists_travel_as_the_text_of_a_json_array) {
    auto request = sample();
    request.tags = {"ingest-by:a\"b", "drop-by:c"};
    request.ingest_if_not_exists = {"a\"b"};
    BOOST_TEST(properties(request)["tags"].as_string() == R"(["ingest-by:a\"b","drop-by:c"])");
    BOOST_TEST(properties(request)["ingestIfNotExists"].as_string() == R"(["a\"b"])");
    BOOST_TEST(!properties(sample()).contains("tags"));
    BOOST_TEST(!properties(sample()).contains("ingestIfNotExists"));
}

BOOST_AUTO_TEST_CASE(the_first_record_is_mentioned_only_when_it_is_ignored) {
    BOOST_TEST(!properties(sample()).contains("ignoreFirstRecord"));
    auto request = sample();
    request.ignore_first_record = true;
    BOOST_TEST(properties(request)["ignoreFirstRecord"].as_bool());
}

BOOST_AUTO_TEST_CASE(the_creation_time_is_sent_when_known) {
    BOOST_TEST(!properties(sample()).contains("creationTime"));
    auto request = sample();
    request.creation_time = parse_iso8601("2026-08-01");
    BOOST_TEST(properties(request)["creationTime"].as_string() == "2026-08-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(the_service_compares_the_format_in_lower_case) {
    auto request = sample();
    request.format = "MultiJSON";
    BOOST_TEST(properties(request)["format"].as_string() == "multijson");
}

BOOST_AUTO_TEST_CASE(additional_properties_are_passed_on_but_do_not_replace_ours) {
    auto request = sample();
    request.additional_properties = {
        {"zipPattern", "*"},
        {"authorizationContext", "forged"},
        {"format", "csv"},
        {"ValidationPolicy", "{\"ValidationOptions\":1}"}};
    auto sent = properties(request);
    BOOST_TEST(sent["zipPattern"].as_string() == "*");
    BOOST_TEST(sent["authorizationContext"].as_string() == "AUTHCTX");
    BOOST_TEST(sent["format"].as_string() == "json");
    BOOST_TEST(sent["ValidationPolicy"].as_string() == "{\"ValidationOptions\":1}");
    BOOST_TEST(!properties(sample()).contains("ValidationPolicy"));
}

BOOST_AUTO_TEST_CASE(has_at_most_64_kib_as_base64) {
    auto request = sample();
    auto rest = text_of(request).size();
    request.database += std::string(49'152 - rest, 'x');
    BOOST_TEST(ingestion_message(request, secret("AUTHCTX"))->size() == 65'536u);
    request.database += "x";
    auto failed = ingestion_message(request, secret("AUTHCTX")).error();
    BOOST_TEST(failed.code == errc::message_too_large);
    BOOST_TEST((failed.next == remedy::reconfigure));
    BOOST_TEST(failed.detail.find("AUTHCTX") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_format_has_its_mapping_kind) {
    for (auto format : {"csv", "tsv", "scsv", "sohsv", "psv", "txt", "tsve", "raw"}) {
        BOOST_TEST(mapping_kind_of(format) == "Csv");
    }
    for (auto format : {"json", "multijson", "singlejson"}) {
        BOOST_TEST(mapping_kind_of(format) == "Json");
    }
    BOOST_TEST(mapping_kind_of("avro") == "Avro");
    BOOST_TEST(mapping_kind_of("apacheavro") == "ApacheAvro");
    BOOST_TEST(mapping_kind_of("Parquet") == "Parquet");
    BOOST_TEST(mapping_kind_of("orc") == "Orc");
    BOOST_TEST(mapping_kind_of("sstream") == "SStream");
    BOOST_TEST(mapping_kind_of("w3clogfile") == "W3CLogFile");
    BOOST_TEST(mapping_kind_of("xml") == "");
}

BOOST_AUTO_TEST_CASE(binary_formats_are_known) {
    for (auto format : {"avro", "apacheavro", "parquet", "ORC", "sstream"}) {
        BOOST_TEST(is_binary_format(format));
    }
    for (auto format : {"csv", "json", "w3clogfile", ""}) BOOST_TEST(!is_binary_format(format));
}

BOOST_AUTO_TEST_SUITE_END()
