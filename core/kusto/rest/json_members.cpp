#include "kusto/rest/json_members.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <cmath>

namespace kustodrop::kusto {

namespace json = boost::json;

static constexpr std::size_t deepest = 32;

result<json::value> parse_object(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    json::parse_options limits;
    limits.max_depth = deepest;
    boost::system::error_code error;
    auto value = json::parse({text.data(), text.size()}, error, {}, limits);
    if (error || !value.is_object()) {
        return failure{errc::bad_answer, remedy::retry, "the answer is not a JSON object"};
    }
    return {boost::system::in_place_value, std::move(value)};
}

const json::value* member_of(const json::value* object, std::string_view name) {
    auto* members = object ? object->if_object() : nullptr;
    if (!members) return nullptr;
    if (auto* exact = members->if_contains(name)) return exact;
    for (auto& [key, value] : *members) {
        if (equals_ignoring_case(std::string_view(key.data(), key.size()), name)) return &value;
    }
    return nullptr;
}

std::string text_of(const json::value* object, std::string_view name) {
    auto* value = member_of(object, name);
    auto* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

std::optional<std::uint64_t> natural_of(const json::value* object, std::string_view name) {
    auto* value = member_of(object, name);
    if (!value) return std::nullopt;
    if (value->is_uint64()) return value->get_uint64();
    if (value->is_int64() && value->get_int64() >= 0) {
        return static_cast<std::uint64_t>(value->get_int64());
    }
    if (value->is_double()) {
        // 1.0 is a whole number too.
        static constexpr double exact_below = 9007199254740992;
        auto number = value->get_double();
        bool is_natural = number >= 0 && number < exact_below && std::trunc(number) == number;
        if (!is_natural) return std::nullopt;
        return static_cast<std::uint64_t>(number);
    }
    if (!value->is_string()) return std::nullopt;
    auto text = trimmed(std::string_view(value->get_string()));
    std::uint64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace kustodrop::kusto
