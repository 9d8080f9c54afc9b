#include "kusto/rest/rest_request.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace kustodrop::kusto {

bool may_share(const ingestion_request& one, const ingestion_request& other) {
    if (!one.ingest_if_not_exists.empty() || !other.ingest_if_not_exists.empty()) return false;
    return one.database == other.database && one.table == other.table &&
           equals_ignoring_case(one.format, other.format) &&
           one.mapping_reference == other.mapping_reference && one.tags == other.tags &&
           one.ignore_first_record == other.ignore_first_record &&
           one.creation_time == other.creation_time &&
           one.additional_properties == other.additional_properties;
}

std::vector<std::size_t> next_group(
    const std::vector<ingestion_request>& waiting, const request_limits& limits
) {
    std::vector<std::size_t> out;
    std::set<std::string> places;
    std::uint64_t raw_bytes = 0;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        auto& one = waiting[i];
        if (!out.empty()) {
            if (out.size() >= limits.blobs) break;
            if (!may_share(waiting[out.front()], one)) continue;
            bool fits =
                raw_bytes < limits.raw_bytes && one.raw_bytes <= limits.raw_bytes - raw_bytes;
            if (!fits || places.contains(one.blob.without_query().reveal())) continue;
        }
        places.insert(one.blob.without_query().reveal());
        raw_bytes += one.raw_bytes;
        out.push_back(i);
    }
    return out;
}

static boost::json::array texts(const std::vector<std::string>& values) {
    boost::json::array out;
    for (auto& value : values) out.emplace_back(value);
    return out;
}

std::string rest_body(const std::vector<ingestion_request>& group) {
    boost::json::array blobs;
    for (auto& one : group) {
        boost::json::object blob;
        blob["url"] = one.blob.reveal();
        blob["sourceId"] = to_lower(one.id);
        blob["rawSize"] = one.raw_bytes;
        blobs.push_back(std::move(blob));
    }
    auto& all = group.front();
    boost::json::object properties;
    for (auto& [name, value] : all.additional_properties) properties[name] = value;
    properties["format"] = to_lower(all.format);
    properties["enableTracking"] = true;
    if (!all.tags.empty()) properties["tags"] = texts(all.tags);
    if (!all.ingest_if_not_exists.empty()) {
        properties["ingestIfNotExists"] = texts(all.ingest_if_not_exists);
    }
    if (!all.mapping_reference.empty()) {
        properties["ingestionMappingReference"] = all.mapping_reference;
    }
    if (all.ignore_first_record) properties["ignoreFirstRecord"] = true;
    if (all.creation_time) properties["creationTime"] = to_iso8601(*all.creation_time);
    boost::json::object out;
    out["timestamp"] = to_iso8601(all.created_at);
    out["blobs"] = std::move(blobs);
    out["properties"] = std::move(properties);
    return boost::json::serialize(out);
}

std::string rest_path(const std::string& database, const std::string& table) {
    return "/v1/rest/ingestion/queued/" + percent_encode(database) + "/" + percent_encode(table);
}

std::string operation_path(
    const std::string& database, const std::string& table, const std::string& operation
) {
    return rest_path(database, table) + "/" + percent_encode(operation);
}

}  // namespace kustodrop::kusto
