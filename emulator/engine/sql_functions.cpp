#include "emulator/engine/sql_functions.hpp"

#include "base/text.hpp"
#include "sqlite/scalar_function.hpp"

#include <charconv>
#include <cmath>
#include <string>

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

void define_sql_functions(sqlite::database& db) {
    sqlite::define_function(db, "kusto_has", 2, has_term);
    sqlite::define_function(db, "kusto_long", 1, to_long);
}

}  // namespace kustodrop::emulator
