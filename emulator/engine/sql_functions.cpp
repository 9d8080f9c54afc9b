#include "emulator/engine/sql_functions.hpp"

#include "base/text.hpp"
#include "emulator/schema/cells.hpp"
#include "sqlite/scalar_function.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace kustodrop::emulator {

static std::string text_of(const sqlite::argument& value) {
    if (auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
    if (auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (auto* number = std::get_if<double>(&value)) return std::to_string(*number);
    return {};
}

static bool is_part_of_term(char c) {
    auto byte = static_cast<unsigned char>(c);
    bool letter = (byte | 0x20u) >= 'a' && (byte | 0x20u) <= 'z';
    return letter || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

// Kusto's `has`: the text contains the needle as a whole term.
static sqlite::value has_term(std::span<const sqlite::argument> values) {
    auto text = text_of(values[0]);
    auto needle = text_of(values[1]);
    for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) {
        auto end = at + needle.size();
        bool begins = at == 0 || !is_part_of_term(text[at - 1]);
        bool ends = end == text.size() || !is_part_of_term(text[end]);
        if (begins && ends) return std::int64_t(1);
    }
    return std::int64_t(0);
}

template <class Number>
static bool parse_whole(std::string_view text, Number& into) {
    auto* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, into);
    return error == std::errc() && stop == end;
}

static sqlite::value whole_part(double number) {
    static constexpr double limit = 9.2e18;
    if (!(std::abs(number) < limit)) return {};
    return static_cast<std::int64_t>(number);
}

// Kusto's tolong(): null for anything but a number.
static sqlite::value to_long(std::span<const sqlite::argument> values) {
    if (auto* number = std::get_if<std::int64_t>(&values[0])) return *number;
    if (auto* number = std::get_if<double>(&values[0])) return whole_part(*number);
    auto* text = std::get_if<std::string_view>(&values[0]);
    if (!text) return {};
    std::int64_t integer = 0;
    double real = 0;
    if (parse_whole(trimmed(*text), integer)) return integer;
    if (parse_whole(trimmed(*text), real)) return whole_part(real);
    return {};
}

// What stands as a text, or null for what is something else.
template <class Value>
static sqlite::value of_text(
    const sqlite::argument& from, std::optional<Value> (*read)(std::string_view)
) {
    auto* text = std::get_if<std::string_view>(&from);
    auto out = text ? read(*text) : std::nullopt;
    if (!out) return {};
    return *out;
}

static sqlite::value moment_of(std::span<const sqlite::argument> values) {
    return of_text(values[0], datetime_ticks);
}

static sqlite::value ticks_of(std::span<const sqlite::argument> values) {
    return of_text(values[0], timespan_ticks);
}

static sqlite::value to_datetime(std::span<const sqlite::argument> values) {
    return of_text(values[0], normalized_datetime);
}

static sqlite::value to_timespan(std::span<const sqlite::argument> values) {
    return of_text(values[0], normalized_timespan);
}

// What overflows is a real by then.
static sqlite::value datetime_from(std::span<const sqlite::argument> values) {
    auto* ticks = std::get_if<std::int64_t>(&values[0]);
    auto out = ticks ? datetime_of_ticks(*ticks) : std::nullopt;
    if (!out) return {};
    return *out;
}

static sqlite::value timespan_from(std::span<const sqlite::argument> values) {
    auto* ticks = std::get_if<std::int64_t>(&values[0]);
    if (!ticks) return {};
    return timespan_of_ticks(*ticks);
}

static std::optional<double> real_of(const sqlite::argument& value) {
    if (auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

// Kusto's bin(): down to a multiple of the step.
static sqlite::value bin_of(std::span<const sqlite::argument> values) {
    auto* whole = std::get_if<std::int64_t>(&values[0]);
    auto* step = std::get_if<std::int64_t>(&values[1]);
    if (whole && step) {
        if (*step <= 0) return {};
        auto rest = *whole % *step;
        return *whole - (rest < 0 ? rest + *step : rest);
    }
    auto number = real_of(values[0]), size = real_of(values[1]);
    if (!number || !size || !(*size > 0)) return {};
    return std::floor(*number / *size) * *size;
}

// The first so many elements of an array.
static sqlite::value first_of(std::span<const sqlite::argument> values) {
    boost::system::error_code error;
    auto list = boost::json::parse(text_of(values[0]), error);
    auto* most = std::get_if<std::int64_t>(&values[1]);
    auto* array = error ? nullptr : list.if_array();
    if (!array || !most) return {};
    auto size = static_cast<std::size_t>(std::max<std::int64_t>(*most, 0));
    if (array->size() > size) array->erase(array->begin() + *most, array->end());
    return boost::json::serialize(list);
}

void define_sql_functions(sqlite::database& db) {
    sqlite::define_function(db, "kusto_has", 2, has_term);
    sqlite::define_function(db, "kusto_long", 1, to_long);
    sqlite::define_function(db, "kusto_moment", 1, moment_of);
    sqlite::define_function(db, "kusto_ticks", 1, ticks_of);
    sqlite::define_function(db, "kusto_todatetime", 1, to_datetime);
    sqlite::define_function(db, "kusto_totimespan", 1, to_timespan);
    sqlite::define_function(db, "kusto_datetime", 1, datetime_from);
    sqlite::define_function(db, "kusto_timespan", 1, timespan_from);
    sqlite::define_function(db, "kusto_bin", 2, bin_of);
    sqlite::define_function(db, "kusto_first", 2, first_of);
}

}  // namespace kustodrop::emulator
