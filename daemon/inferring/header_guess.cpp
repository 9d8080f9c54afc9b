#include "daemon/inferring/header_guess.hpp"

#include "base/text.hpp"
#include "daemon/inferring/value_type.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kustodrop::daemon {

using field_records = std::vector<std::vector<std::string>>;

// What stands for no value among values of any type.
static bool stands_for_null(std::string_view text) {
    static constexpr auto spellings = std::to_array<std::string_view>(
        {"null",
         "nil",
         "none",
         "n/a",
         "na",
         "nan",
         "inf",
         "-inf",
         "infinity",
         "unknown",
         "\\n",
         "-"}
    );
    return text.size() <= 8 && std::ranges::count(spellings, to_lower(trimmed(text))) > 0;
}

static bool is_name(std::string_view text) {
    bool has_letter = std::ranges::any_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               static_cast<unsigned char>(c) > 127;
    });
    return has_letter && type_of(text) == value_type::text && !stands_for_null(text);
}

// As columns of years are called.
static bool is_year(std::string_view text) {
    return text.size() == 4 && type_of(text) == value_type::whole && text >= "1900" &&
           text < "2101";
}

static bool is_number(value_type type) {
    return type == value_type::whole || type == value_type::real || type == value_type::decimal;
}

static bool is_typed(value_type type) {
    return type != value_type::text && type != value_type::none;
}

namespace {

/// What a field of the first record says about it.
enum class hint { nothing, name, value, odd };

/// The other fields of its column.
struct column_below {
    value_type type = value_type::none;
    bool has_same_text = false;
    bool are_years = true;
};

column_below below_first(const field_records& records, std::size_t column) {
    column_below out;
    auto& first = records.front();
    for (std::size_t row = 1; row < records.size(); ++row) {
        if (column >= records[row].size()) continue;
        auto& text = records[row][column];
        out.type = joined(out.type, type_of(text));
        out.are_years = out.are_years && (text.empty() || is_year(text));
        // Files that were joined have their header several times.
        bool is_same = text == first[column] && !text.empty() && records[row] != first;
        out.has_same_text = out.has_same_text || is_same;
    }
    return out;
}

hint hint_of(std::string_view text, const column_below& below) {
    auto type = type_of(text);
    if (type == value_type::none || !is_typed(below.type)) return hint::nothing;
    if (type == value_type::text) {
        bool may_be_time = below.type == value_type::datetime && text[0] >= '0' && text[0] <= '9';
        if (stands_for_null(text)) return hint::nothing;
        return is_name(text) && !may_be_time ? hint::name : hint::odd;
    }
    bool may_be_year_as_name = is_number(below.type) && is_year(text) && !below.are_years;
    if (may_be_year_as_name) return hint::nothing;
    return joined(type, below.type) == below.type ? hint::value : hint::odd;
}

}  // namespace

// A record by itself.
static header likely_header(const std::vector<std::string>& only) {
    bool has_value = std::ranges::any_of(only, [](auto& text) {
        return is_typed(type_of(text)) && !is_year(text);
    });
    return has_value ? header::no : header::unknown;
}

header likely_header(const field_records& records) {
    if (records.empty()) return header::no;
    auto& first = records.front();
    if (records.size() == 1) return likely_header(first);
    std::set<hint> seen;
    for (std::size_t column = 0; column < first.size(); ++column) {
        seen.insert(hint_of(first[column], below_first(records, column)));
    }
    if (seen.contains(hint::name))
        return seen.contains(hint::value) ? header::unknown : header::yes;
    bool is_data = seen.contains(hint::value) && !seen.contains(hint::odd);
    return is_data ? header::no : header::unknown;
}

bool may_name_columns(const field_records& records) {
    auto& first = records.front();
    for (std::size_t column = 0; column < first.size(); ++column) {
        // A name would not stand among the values.
        if (below_first(records, column).has_same_text) return false;
    }
    std::set<std::string> names(first.begin(), first.end());
    bool has_name = std::ranges::any_of(first, is_name);
    bool has_value = std::ranges::any_of(first, [](auto& text) {
        bool is_text =
            !is_typed(type_of(text)) && !stands_for_null(text) && !is_ambiguous_date(text);
        return !is_text && !is_year(text);
    });
    return has_name && !has_value && names.size() == first.size();
}

}  // namespace kustodrop::daemon
