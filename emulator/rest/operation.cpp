#include "emulator/rest/operation.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

std::string to_json(const operation& one) {
    json::array blobs;
    for (auto& blob : one.blobs) {
        blobs.push_back(json::object{
            {"url", blob.url},
            {"sourceId", blob.source_id},
            {"message", blob.message_id},
            {"text", blob.text}});
    }
    json::object out;
    out["id"] = one.id;
    out["database"] = one.database;
    out["table"] = one.table;
    out["started"] = to_iso8601(one.started);
    out["tracked"] = one.tracked;
    out["blobs"] = std::move(blobs);
    return json::serialize(out);
}

static std::string text_of(const json::object& object, std::string_view name) {
    auto* value = object.if_contains(name);
    auto* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

std::optional<operation> read_operation(std::string_view text) {
    json::error_code error;
    auto parsed = json::parse({text.data(), text.size()}, error);
    auto* object = error ? nullptr : parsed.if_object();
    auto* list = object ? object->if_contains("blobs") : nullptr;
    if (!list || !list->is_array()) return std::nullopt;
    auto started = parse_iso8601(text_of(*object, "started"));
    if (!started) return std::nullopt;
    operation out;
    out.id = text_of(*object, "id");
    out.database = text_of(*object, "database");
    out.table = text_of(*object, "table");
    out.started = *started;
    auto* tracked = object->if_contains("tracked");
    out.tracked = tracked && tracked->is_bool() && tracked->get_bool();
    for (auto& item : list->get_array()) {
        auto* blob = item.if_object();
        if (!blob) return std::nullopt;
        out.blobs.push_back(
            {text_of(*blob, "url"),
             text_of(*blob, "sourceId"),
             text_of(*blob, "message"),
             text_of(*blob, "text")}
        );
    }
    return out;
}

namespace {

// "NotFound" as "notFound".
std::string in_camel_case(std::string name) {
    if (!name.empty()) name[0] = to_lower(name.substr(0, 1))[0];
    return name;
}

std::string_view status_of(const blob_outcome& outcome) {
    if (outcome.status == "succeeded") return "Succeeded";
    return outcome.status == "canceled" ? "Canceled" : "Failed";
}

std::string_view failure_status_of(const blob_outcome& outcome) {
    if (!outcome.failure_status.empty()) return outcome.failure_status;
    return outcome.code == "General_RetryAttemptsExceeded" ? "Exhausted" : "Permanent";
}

json::object detail_of(
    const operation& one,
    const rest_blob& blob,
    const std::optional<blob_outcome>& outcome,
    const status_form& form
) {
    json::object out;
    if (!blob.source_id.empty()) out["sourceId"] = blob.source_id;
    out["url"] = blob.url;
    std::string_view status = form.noticed ? "InProgress" : "Queued";
    if (outcome) status = status_of(*outcome);
    out["status"] = status;
    out[form.camel_case ? "startedAt" : "startTime"] = to_iso8601(one.started);
    if (!outcome) return out;
    out[form.camel_case ? "lastUpdateTime" : "lastUpdated"] = outcome->at;
    if (status != "Failed") return out;
    if (outcome->status == "skipped") {
        out["errorCode"] = "DataAlreadyExists";
        out["details"] = "Data with one of the tags of ingestIfNotExists exists already.";
        out["failureStatus"] = "Permanent";
        return out;
    }
    out["errorCode"] = outcome->code;
    out["failureStatus"] = failure_status_of(*outcome);
    out["details"] = outcome->details;
    return out;
}

}  // namespace

std::string status_document(
    const operation& one, const blob_outcomes& outcomes, const status_form& form
) {
    std::map<std::string_view, std::uint64_t> count;
    std::string updated;
    for (auto& outcome : outcomes) {
        if (!outcome) {
            if (form.noticed) ++count["InProgress"];
            continue;
        }
        ++count[status_of(*outcome)];
        updated = std::max(updated, outcome->at);
    }
    auto spelled = [&form](const char* name) {
        return form.camel_case ? in_camel_case(name) : std::string(name);
    };
    json::object counters;
    for (auto name : {"Succeeded", "Failed", "InProgress", "Canceled"}) {
        counters[spelled(name)] = count[name];
    }
    json::object out;
    out["startTime"] = to_iso8601(one.started);
    if (!updated.empty()) out["lastUpdated"] = updated;
    out["status"] = std::move(counters);
    if (form.details) {
        auto& list = out["details"].emplace_array();
        for (std::size_t i = 0; i < one.blobs.size() && i < outcomes.size(); ++i) {
            list.push_back(detail_of(one, one.blobs[i], outcomes[i], form));
        }
    }
    return json::serialize(out);
}

}  // namespace kustodrop::emulator
