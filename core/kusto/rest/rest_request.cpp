#include "kusto/rest/rest_request.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

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

static std::string place_of(const ingestion_request& one) { return one.blob.place(); }

request_group::request_group(ingestion_request first, const request_limits& limits)
    : limits_(limits) {
    add(std::move(first));
}

bool request_group::takes(const ingestion_request& one) const {
    if (is_full() || !may_share(members_.front(), one)) return false;
    return one.raw_bytes <= limits_.raw_bytes - raw_bytes_ && !places_.contains(place_of(one));
}

void request_group::add(ingestion_request one) {
    places_.insert(place_of(one));
    raw_bytes_ += one.raw_bytes;
    members_.push_back(std::move(one));
}

bool request_group::is_full() const {
    if (members_.size() >= limits_.blobs || raw_bytes_ >= limits_.raw_bytes) return true;
    return !may_share(members_.front(), members_.front());
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
