#include "kusto/ingestion_message.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "kusto/management.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kustodrop::kusto {

namespace json = boost::json;

// As base64 (docs/protocol.md §6.1).
static constexpr std::size_t largest_message_bytes = 64u << 10u;

static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> mapping_kinds{{
    {"csv", "Csv"},
    {"tsv", "Csv"},
    {"scsv", "Csv"},
    {"sohsv", "Csv"},
    {"psv", "Csv"},
    {"txt", "Csv"},
    {"tsve", "Csv"},
    {"raw", "Csv"},
    {"json", "Json"},
    {"multijson", "Json"},
    {"singlejson", "Json"},
    {"avro", "Avro"},
    {"apacheavro", "ApacheAvro"},
    {"parquet", "Parquet"},
    {"orc", "Orc"},
    {"sstream", "SStream"},
    {"w3clogfile", "W3CLogFile"},
}};

std::string_view mapping_kind_of(std::string_view format) {
    for (auto& [name, kind] : mapping_kinds) {
        if (equals_ignoring_case(name, format)) return kind;
    }
    return {};
}

bool is_binary_format(std::string_view format) {
    static constexpr std::array<std::string_view, 5> binary{
        "avro", "apacheavro", "parquet", "orc", "sstream"};
    return std::any_of(binary.begin(), binary.end(), [&](auto name) {
        return equals_ignoring_case(name, format);
    });
}

// Lists travel as the text of a JSON array (docs/protocol.md §7.2).
static std::string as_array_text(const std::vector<std::string>& values) {
    json::array out;
    for (auto& value : values) out.emplace_back(value);
    return json::serialize(out);
}

static json::object properties_of(
    const ingestion_request& request, const secret& identity_token, json::storage_ptr storage
) {
    json::object out(std::move(storage));
    for (auto& [name, value] : request.additional_properties) out[name] = value;
    out["authorizationContext"] = identity_token.reveal();
    // The service compares it exactly.
    out["format"] = to_lower(request.format);
    if (!request.mapping_reference.empty()) {
        auto kind = std::string_view(request.mapping_kind);
        out["ingestionMappingReference"] = request.mapping_reference;
        out["ingestionMappingType"] = kind.empty() ? mapping_kind_of(request.format) : kind;
    }
    if (!request.tags.empty()) out["tags"] = as_array_text(request.tags);
    if (!request.ingest_if_not_exists.empty()) {
        out["ingestIfNotExists"] = as_array_text(request.ingest_if_not_exists);
    }
    if (request.ignore_first_record) out["ignoreFirstRecord"] = true;
    if (request.creation_time) out["creationTime"] = to_iso8601(*request.creation_time);
    return out;
}

result<std::string> ingestion_message(
    const ingestion_request& request, const secret& identity_token
) {
    // Every small file has one: its parts are not allocated one by one.
    std::array<unsigned char, 8192> space;
    json::monotonic_resource memory(space.data(), space.size());
    json::object message(
        {{"Id", request.id},
         {"BlobPath", request.blob.reveal()},
         {"RawDataSize", request.raw_bytes},
         {"DatabaseName", request.database},
         {"TableName", request.table},
         {"RetainBlobOnSuccess", true},
         {"FlushImmediately", false},
         {"IgnoreSizeLimit", false},
         {"ReportLevel", request.report_level},
         {"ReportMethod", request.report_method},
         {"SourceMessageCreationTime", to_iso8601(request.created_at)},
         {"ApplicationForTracing", request.application},
         {"ClientVersionForTracing", version_for_tracing(request.client_version)}},
        &memory
    );
    if (request.status) {
        message["IngestionStatusInTable"] = json::object{
            {"TableConnectionString", request.status->table.reveal()},
            {"PartitionKey", request.status->partition_key},
            {"RowKey", request.status->row_key}};
    }
    message["AdditionalProperties"] = properties_of(request, identity_token, &memory);
    result<std::string> out(boost::system::in_place_value, base64_encode(json::serialize(message)));
    if (out->size() <= largest_message_bytes) return out;
    return failure{
        errc::message_too_large,
        remedy::reconfigure,
        "the ingestion message has " + human_bytes(out->size()) +
            ", the queue takes 64 KiB; shorten tags or additional_properties"};
}

}  // namespace kustodrop::kusto
