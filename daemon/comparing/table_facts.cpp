#include "daemon/comparing/table_facts.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace kustodrop::daemon {

namespace json = boost::json;

const table_column* table_facts::find(std::string_view name) const {
    auto found = std::ranges::find(columns, name, &table_column::name);
    return found == columns.end() ? nullptr : &*found;
}

static const json::value* member(const json::object& from, std::string_view name) {
    for (auto& [key, value] : from) {
        if (equals_ignoring_case(key, name)) return &value;
    }
    return nullptr;
}

// A text, or a number as one; empty where there is neither.
static std::string text_in(const json::object& from, std::string_view name) {
    auto* value = member(from, name);
    if (!value || value->is_null()) return {};
    if (auto* text = value->if_string()) return std::string(*text);
    return json::serialize(*value);
}

static std::optional<json::value> parsed(std::string_view text) {
    boost::system::error_code error;
    auto out = json::parse({text.data(), text.size()}, error);
    if (error) return std::nullopt;
    return out;
}

std::optional<std::vector<table_column>> parse_table_schema(std::string_view text) {
    auto value = parsed(text);
    auto* whole = value ? value->if_object() : nullptr;
    auto* listed = whole ? member(*whole, "OrderedColumns") : nullptr;
    auto* columns = listed ? listed->if_array() : nullptr;
    if (!columns) return std::nullopt;
    std::vector<table_column> out;
    for (auto& one : *columns) {
        auto* object = one.if_object();
        if (!object) return std::nullopt;
        out.push_back({text_in(*object, "Name"), text_in(*object, "CslType")});
    }
    return out;
}

static std::optional<std::size_t> number_of(const std::string& text) {
    std::size_t out = 0;
    auto* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, out);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return out;
}

static mapped_column column_of(const json::object& entry) {
    auto* inside = member(entry, "Properties");
    auto* properties = inside ? inside->if_object() : nullptr;
    auto either = [&](std::string_view name) {
        auto out = properties ? text_in(*properties, name) : std::string();
        return out.empty() ? text_in(entry, name) : out;
    };
    mapped_column out;
    out.column = text_in(entry, "Column");
    if (out.column.empty()) out.column = text_in(entry, "Name");
    out.type = text_in(entry, "DataType");
    out.ordinal = number_of(either("Ordinal"));
    out.path = either("Path");
    out.transform = either("Transform");
    if (equals_ignoring_case(out.transform, "None")) out.transform.clear();
    // These read no field and no property.
    bool is_of_source = equals_ignoring_case(out.transform, "SourceLocation") ||
                        equals_ignoring_case(out.transform, "SourceLineNumber");
    bool is_in_properties = properties && member(*properties, "ConstValue");
    out.is_constant = is_of_source || is_in_properties || !text_in(entry, "ConstantValue").empty();
    return out;
}

std::optional<std::vector<mapped_column>> parse_mapping(std::string_view text) {
    auto value = parsed(text);
    auto* entries = value ? value->if_array() : nullptr;
    if (!entries) return std::nullopt;
    std::vector<mapped_column> out;
    for (auto& one : *entries) {
        auto* object = one.if_object();
        if (!object) return std::nullopt;
        out.push_back(column_of(*object));
    }
    return out;
}

}  // namespace kustodrop::daemon
