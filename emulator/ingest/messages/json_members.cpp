#include "emulator/ingest/messages/json_members.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

const json::value* json_members::find(std::string_view name) const {
    if (auto* exact = object_->if_contains(name)) return exact->is_null() ? nullptr : exact;
    for (auto& [key, value] : *object_) {
        if (!equals_ignoring_case(key, name)) continue;
        return value.is_null() ? nullptr : &value;
    }
    return nullptr;
}

std::string json_members::text(std::string_view name) const {
    auto* value = find(name);
    if (!value) return {};
    if (auto* text = value->if_string()) return std::string(*text);
    if (value->is_number() || value->is_bool()) return json::serialize(*value);
    return {};
}

std::optional<bool> json_members::boolean(std::string_view name) const {
    if (!find(name)) return false;
    auto value = text(name);
    if (equals_ignoring_case(value, "true") || value == "1") return true;
    if (equals_ignoring_case(value, "false") || value == "0") return false;
    return std::nullopt;
}

}  // namespace kustodrop::emulator
