#include "emulator/rest/stream_request.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "emulator/rest/rest_errors.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

static constexpr std::string_view root = "/v1/rest/ingest/";

std::optional<stream_place> stream_place_of(std::string_view path) {
    if (!path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    auto segments = split(path, '/');
    if (segments.size() != 2) return std::nullopt;
    auto database = percent_decode(segments[0]);
    auto table = percent_decode(segments[1]);
    if (!database || !table || database->empty() || table->empty()) return std::nullopt;
    return stream_place{std::move(*database), std::move(*table)};
}

bool streams(const streaming_options& options, const stream_place& place) {
    auto name = place.database + "." + place.table;
    if (options.tables_on.contains(name)) return true;
    return options.mode == streaming_mode::on && !options.tables_off.contains(name);
}

std::string source_id_in(std::string_view client_request_id) {
    for (auto part : split(client_request_id, ';')) {
        if (is_guid(part)) return to_lower(part);
    }
    return {};
}

// What the documentation lists; clients write the names in any case.
static bool takes(std::string_view format) {
    static constexpr std::array<std::string_view, 8> known{
        "csv", "tsv", "scsv", "sohsv", "psv", "json", "multijson", "avro"};
    return std::find(known.begin(), known.end(), format) != known.end();
}

boost::system::result<streamed_data, service_error> read_stream(const exchange& one) {
    auto place = stream_place_of(one.path);
    if (!place) return not_found("There is nothing at " + one.path);
    if (one.has_parameter("sourceKind", "uri")) {
        return bad_request("sourceKind=uri is not supported here.");
    }
    streamed_data out;
    out.database = place->database;
    out.table = place->table;
    out.format = to_lower(one.parameter("streamFormat").value_or(""));
    if (out.format.empty()) return bad_request("The parameter streamFormat is missing.");
    if (!takes(out.format)) {
        return bad_request("The format '" + out.format + "' is not supported in streaming.");
    }
    out.mapping = std::string(one.parameter("mappingName").value_or(""));
    out.source_id = source_id_in(one.header("x-ms-client-request-id").value_or(""));
    auto encoding = one.header("Content-Encoding").value_or("");
    out.gzip = equals_ignoring_case(encoding, "gzip");
    bool plain = encoding.empty() || equals_ignoring_case(encoding, "identity");
    if (!out.gzip && !plain) {
        return bad_request("Content-Encoding '" + std::string(encoding) + "' is not supported.");
    }
    return out;
}

static std::pair<std::string, std::string> type(std::string_view name) {
    return {"@type", "Kusto.DataNode.Exceptions." + std::string(name)};
}

service_error stream_refusal(const failure& why, const stream_place& place) {
    auto code = why.code.text();
    if (why.next == remedy::retry) {
        return {
            500, "InternalServiceError", why.detail, {type("StreamingIngestionServiceException")}};
    }
    if (code == too_large) return {413, too_large, why.detail, {type(too_large)}};
    // Entities are named alike, whatever they are.
    if (code == "BadRequest_TableNotExist") {
        return {400, "BadRequest_EntityNotFound", why.detail, {type("EntityNotFoundException")}};
    }
    if (code == "BadRequest_MappingReferenceWasNotFound") {
        auto begin = why.detail.find('\'') + 1;
        auto name = why.detail.substr(begin, why.detail.find('\'', begin) - begin);
        return {
            400,
            "BadRequest_EntityNotFound",
            "Entity ID '" + name + "' of kind 'MappingPersistent' was not found.",
            {type("EntityNotFoundException")}};
    }
    return {
        400,
        "BadRequest",
        "Bad streaming ingestion request to " + place.database + "." + place.table + " : " +
            why.detail,
        {type("StreamingIngestionRequestException")}};
}

std::string stream_document(std::uint64_t rows) {
    json::array columns;
    for (auto [name, kind] :
         {std::pair("ConsumedRecordsCount", "Int64"),
          std::pair("UpdatePolicyStatus", "String"),
          std::pair("UpdatePolicyFailureCode", "String"),
          std::pair("UpdatePolicyFailureReason", "String")}) {
        columns.push_back(json::object{{"ColumnName", name}, {"DataType", kind}});
    }
    json::array row{rows, "Inactive", "Unknown", nullptr};
    json::array all;
    all.push_back(std::move(row));
    json::object table;
    table["TableName"] = "Table_0";
    table["Columns"] = std::move(columns);
    table["Rows"] = std::move(all);
    json::array tables;
    tables.push_back(std::move(table));
    return json::serialize(json::object{{"Tables", std::move(tables)}});
}

}  // namespace kustodrop::emulator
