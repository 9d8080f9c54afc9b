#include "emulator/storage/table_service.hpp"

#include "base/text.hpp"
#include "emulator/storage/authorization.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

// Takes "ingestionsstatus(PartitionKey='a',RowKey='b')" apart; quotes inside are doubled.
static std::optional<std::string> key_in(std::string_view text, std::string_view name) {
    auto at = text.find(std::string(name) + "='");
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + name.size() + 2);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\'') {
            out += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '\'') {
            out += text[i++];
        } else {
            return out;
        }
    }
    return std::nullopt;
}

void table_service::classify(exchange& one) const {
    split_path(one);
    one.service = "table";
    auto bracket = one.resource.find('(');
    if (bracket != std::string::npos) {
        // A key may hold a slash, at which the path was cut.
        one.object = one.resource.substr(bracket) + (one.object.empty() ? "" : "/" + one.object);
        one.resource.resize(bracket);
    }
    bool keyed = key_in(one.object, "PartitionKey").has_value();
    auto method = one.request.method;
    if (method == http::verb::post) one.operation = keyed ? "unknown" : "insert_entity";
    if (method == http::verb::get) one.operation = keyed ? "get_entity" : "list_entities";
    if (method == http::verb::put && keyed) one.operation = "replace_entity";
    if (method == http::verb::delete_ && keyed) one.operation = "delete_entity";
    auto tunnelled = one.header("X-HTTP-Method").value_or("");
    if (method == http::verb::post && keyed && (tunnelled == "MERGE" || tunnelled == "PATCH")) {
        one.operation = "merge_entity";
    }
}

http::response table_service::refusal(const service_error& error, const exchange& one) const {
    auto out = odata_error(error, one, clock_.wall_now());
    return strict_ ? json_answer(out.status, out.body) : out;
}

asio::awaitable<http::reply> table_service::answer(exchange& one) {
    http::reply out;
    out.answer = act(one);
    co_return out;
}

static std::optional<sas_demand> demand_of(std::string_view operation) {
    sas_demand out;
    out.service = storage_service::table;
    if (operation == "insert_entity") out.permissions = "a";
    if (operation == "get_entity" || operation == "list_entities") out.permissions = "r";
    if (operation == "replace_entity" || operation == "merge_entity") out.permissions = "u";
    if (operation == "delete_entity") out.permissions = "d";
    if (out.permissions.empty()) return std::nullopt;
    return out;
}

static service_error not_found() {
    return {404, "ResourceNotFound", "The specified resource does not exist."};
}

static service_error no_version() {
    return {
        415,
        "JsonFormatNotSupported",
        "JSON is not supported without the header DataServiceVersion."};
}

http::response table_service::act(const exchange& one) {
    auto demand = demand_of(one.operation);
    if (!demand) return refusal({501, "NotImplemented", "Not implemented here."}, one);
    if (auto error = authorize(layout_, one, *demand, clock_.wall_now()))
        return refusal(*error, one);
    bool writes = one.request.method != http::verb::get;
    if (strict_ && writes && !one.header("DataServiceVersion")) return refusal(no_version(), one);
    if (one.operation == "insert_entity") return insert(one);
    if (one.operation == "list_entities") return list(one);
    entity_record key;
    key.account = one.account;
    key.table = one.resource;
    key.partition = key_in(one.object, "PartitionKey").value_or("");
    key.row = key_in(one.object, "RowKey").value_or("");
    if (one.operation == "get_entity") return read(one, key);
    if (one.operation == "replace_entity") return write(one, key, false);
    if (one.operation == "merge_entity") return write(one, key, true);
    if (!database_.remove_entity(key)) return refusal(not_found(), one);
    http::response out;
    out.status = 204;
    return out;
}

std::optional<service_error> table_service::parse(const exchange& one, entity_record& entity)
    const {
    boost::system::error_code error;
    auto value = json::parse(one.request.body, error);
    if (error || !value.is_object()) {
        return service_error{
            400, "InvalidInput", "An error occurred while processing this request."};
    }
    auto text = [&value](std::string_view name) -> std::optional<std::string> {
        auto* found = value.get_object().if_contains(name);
        if (!found || !found->is_string()) return std::nullopt;
        return std::string(found->get_string());
    };
    auto partition = text("PartitionKey");
    auto row = text("RowKey");
    if (one.operation == "insert_entity" && (!partition || !row)) {
        return service_error{
            400, "PropertiesNeedValue", "The values are not specified for all properties."};
    }
    if (partition) entity.partition = *partition;
    if (row) entity.row = *row;
    entity.json = json::serialize(value);
    return std::nullopt;
}

void table_service::stamp(entity_record& entity) {
    auto now = clock_.wall_now();
    auto value = json::parse(entity.json);
    auto& object = value.get_object();
    object["PartitionKey"] = entity.partition;
    object["RowKey"] = entity.row;
    object["Timestamp"] = to_iso8601(now);
    entity.json = json::serialize(object);
    entity.etag = "W/\"datetime'" + percent_encode(to_iso8601(now)) + "'\"";
}

http::response table_service::insert(const exchange& one) {
    entity_record entity;
    entity.account = one.account;
    entity.table = one.resource;
    if (auto error = parse(one, entity)) return refusal(*error, one);
    if (database_.find_entity(entity)) {
        return refusal({409, "EntityAlreadyExists", "The specified entity already exists."}, one);
    }
    stamp(entity);
    database_.put_entity(entity);
    bool silent = equals_ignoring_case(one.header("Prefer").value_or(""), "return-no-content");
    http::response out;
    out.status = 204;
    if (!silent) {
        out = json_answer(201, entity.json);
    } else {
        out.headers.add("Preference-Applied", "return-no-content");
    }
    out.headers.add("ETag", entity.etag);
    return out;
}

http::response table_service::read(const exchange& one, const entity_record& key) {
    auto entity = database_.find_entity(key);
    if (!entity) return refusal(not_found(), one);
    auto out = json_answer(200, entity->json);
    out.headers.add("ETag", entity->etag);
    return out;
}

http::response table_service::write(const exchange& one, entity_record key, bool merge) {
    auto before = database_.find_entity(key);
    auto condition = one.header("If-Match");
    // Without If-Match it would be an upsert, which needs the right to add as well.
    bool may_add = one.parameter("sp").value_or("").find('a') != std::string_view::npos;
    if (!before && (condition || !may_add)) return refusal(not_found(), one);
    if (before && condition && *condition != "*" && *condition != before->etag) {
        return refusal(
            {412,
             "UpdateConditionNotSatisfied",
             "The update condition specified in the request was not satisfied."},
            one
        );
    }
    auto entity = key;
    if (auto error = parse(one, entity)) return refusal(*error, one);
    entity.partition = key.partition;
    entity.row = key.row;
    if (merge && before) {
        auto merged = json::parse(before->json);
        auto changes = json::parse(entity.json);
        for (auto& member : changes.get_object()) {
            merged.get_object()[member.key()] = member.value();
        }
        entity.json = json::serialize(merged);
    }
    stamp(entity);
    database_.put_entity(entity);
    http::response out;
    out.status = 204;
    out.headers.add("ETag", entity.etag);
    return out;
}

http::response table_service::list(const exchange& one) {
    if (one.parameter("$filter")) {
        return refusal({501, "NotImplemented", "Filters are not implemented here."}, one);
    }
    std::string body = "{\"value\":[";
    for (auto& entity : database_.entities(one.account, one.resource)) {
        if (body.back() != '[') body += ',';
        body += entity.json;
    }
    return json_answer(200, body + "]}");
}

}  // namespace kustodrop::emulator
