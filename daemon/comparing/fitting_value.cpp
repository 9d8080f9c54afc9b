#include "daemon/comparing/fitting_value.hpp"

#include "base/text.hpp"
#include "daemon/inferring/value_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace kustodrop::daemon {

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

static std::string_view without_plus(std::string_view text) {
    return text.starts_with('+') ? text.substr(1) : text;
}

static std::optional<double> number_in(std::string_view text) {
    double out = 0;
    auto bare = without_plus(text);
    auto* end = bare.data() + bare.size();
    auto [stop, error] = std::from_chars(bare.data(), end, out);
    bool is_spelled = bare.find_first_of("nN") != bare.npos;  // nan, inf
    if (error == std::errc::invalid_argument || stop != end || is_spelled) return std::nullopt;
    return is_beyond_real(bare) ? std::numeric_limits<double>::infinity() : out;
}

static fit fits_whole(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    auto bare = without_plus(text);
    auto* end = bare.data() + bare.size();
    auto [stop, error] = std::from_chars(bare.data(), end, value);
    if (stop == end && error == std::errc()) {
        return value >= least && value <= most ? fit::yes : fit::no;
    }
    // 3.0 is whole, and 1e3 too; whether the service takes them is not documented.
    auto number = number_in(text);
    if (!number || error == std::errc::result_out_of_range) return fit::no;
    bool is_in_range =
        *number >= static_cast<double>(least) && *number <= static_cast<double>(most);
    bool is_whole =
        is_in_range && *number == static_cast<double>(static_cast<std::int64_t>(*number));
    return is_whole ? fit::unknown : fit::no;
}

static fit fits_real(std::string_view text, bool is_decimal) {
    if (auto number = number_in(text)) {
        if (std::isfinite(*number)) return fit::yes;
        return is_decimal ? fit::unknown : fit::no;
    }
    auto lower = to_lower(text);
    for (auto special : {"nan", "inf", "-inf", "+inf", "infinity", "-infinity"}) {
        if (lower == special) return fit::unknown;
    }
    return fit::no;
}

static fit fits_bool(std::string_view text) {
    auto lower = to_lower(text);
    if (lower == "true" || lower == "false" || lower == "1" || lower == "0") return fit::yes;
    for (auto other : {"t", "f", "yes", "no", "y", "n"}) {
        if (lower == other) return fit::unknown;
    }
    return fit::no;
}

bool is_unix_time(std::string_view text) {
    return is_all_digits(text) && text.size() >= 10 && text.size() <= 19 && text >= "1" &&
           text < "5";
}

static fit fits_datetime(std::string_view text) {
    if (type_of(text) == value_type::datetime) return fit::yes;
    if (is_ambiguous_date(text)) return fit::unknown;
    if (is_all_digits(text)) return is_unix_time(text) ? fit::no : fit::unknown;
    auto begins = std::ranges::find_if_not(text, is_digit);
    // A date in another form: 2026/01/05, 2026-1-5, 5 Jan 2026.
    bool has_year_first = begins - text.begin() == 4 && begins != text.end();
    if (has_year_first && std::string_view("-/. ").find(*begins) != std::string_view::npos) {
        return fit::unknown;
    }
    static constexpr auto months = std::to_array<const char*>(
        {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
    );
    auto lower = to_lower(text);
    bool has_month =
        std::ranges::any_of(months, [&](auto* one) { return lower.find(one) != lower.npos; });
    bool has_digit = std::ranges::any_of(text, is_digit);
    return has_month && has_digit ? fit::unknown : fit::no;
}

// "24:00:00": hours of more than a day.
static bool is_large_clock(std::string_view text) {
    auto hours = text.substr(text.starts_with('-') ? 1 : 0, 2);
    auto rest = text.substr(std::min(text.size(), text.find(':')));
    return is_all_digits(hours) && hours > "23" && rest.size() > 2 &&
           type_of("00" + std::string(rest)) == value_type::timespan;
}

static fit fits_timespan(std::string_view text) {
    if (type_of(text) == value_type::timespan) return fit::yes;
    for (auto unit : {"ms", "tick", "d", "h", "m", "s"}) {
        if (!text.ends_with(unit)) continue;
        if (number_in(text.substr(0, text.size() - std::string_view(unit).size()))) return fit::yes;
    }
    auto colons = std::ranges::count(text, ':');
    bool may_be = number_in(text) || colons == 1 || (colons == 2 && is_large_clock(text));
    bool has_letter = std::ranges::any_of(text, [](char c) {
        return !is_digit(c) && c != ':' && c != '.' && c != '-' && c != '+';
    });
    return may_be && !has_letter ? fit::unknown : fit::no;
}

static fit fits_guid(std::string_view text) {
    if (type_of(text) == value_type::guid) return fit::yes;
    bool is_braced = text.size() == 38 && text.front() == '{' && text.back() == '}';
    if (is_braced) return fits_guid(text.substr(1, 36));
    bool is_hex = text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    return is_hex && text.size() == 32 ? fit::yes : fit::no;
}

fit fits(std::string_view given, std::string_view type) {
    if (type == "string" || type == "dynamic") return fit::yes;
    auto text = trimmed(given);
    if (text.empty()) return fit::yes;
    using whole = std::numeric_limits<std::int32_t>;
    using large = std::numeric_limits<std::int64_t>;
    if (type == "int") return fits_whole(text, whole::min(), whole::max());
    if (type == "long") return fits_whole(text, large::min(), large::max());
    if (type == "real" || type == "decimal") return fits_real(text, type == "decimal");
    if (type == "bool") return fits_bool(text);
    if (type == "datetime") return fits_datetime(text);
    if (type == "timespan") return fits_timespan(text);
    if (type == "guid") return fits_guid(text);
    return fit::unknown;
}

}  // namespace kustodrop::daemon
