#include "emulator/schema/cells.hpp"

#include "base/random.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

template <class Number>
static std::optional<Number> number_in(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    auto* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

static bool all_digits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Cuts ".1234567" off `text`: the fraction as seven digits.
static std::optional<std::string> take_fraction(std::string_view& text) {
    auto dot = text.find('.');
    if (dot == text.npos) return "0000000";
    std::string digits(text.substr(dot + 1));
    if (digits.empty() || digits.size() > 9 || !all_digits(digits)) return std::nullopt;
    digits.resize(7, '0');
    text = text.substr(0, dot);
    return digits;
}

// Cuts "Z", "+02:00" or "-0330" off `text`.
static std::chrono::minutes take_zone(std::string_view& text) {
    using std::chrono::minutes;
    if (text.ends_with('Z') || text.ends_with('z')) {
        text.remove_suffix(1);
        return minutes(0);
    }
    auto sign = text.find_last_of("+-");
    if (sign == text.npos || sign < 11) return minutes(0);  // A dash of the date.
    auto zone = text.substr(sign + 1);
    std::string digits(zone.substr(0, 2));
    digits += zone.size() == 5 && zone[2] == ':'
                  ? zone.substr(3)
                  : zone.substr(std::min<std::size_t>(2, zone.size()));
    if (digits.size() != 4 || !all_digits(digits)) return minutes(0);
    auto total = std::stoi(digits.substr(0, 2)) * 60 + std::stoi(digits.substr(2));
    auto signed_total = text[sign] == '-' ? -total : total;
    text = text.substr(0, sign);
    return minutes(signed_total);
}

std::optional<std::string> normalized_datetime(std::string_view text) {
    text = trimmed(text);
    if (auto http = parse_http_date(text)) return to_iso8601(*http).substr(0, 19) + ".0000000Z";
    if (text.size() > 40) return std::nullopt;
    auto zone = take_zone(text);
    auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    std::string whole(trimmed(text));
    if (whole.size() == 16) whole += ":00";
    auto time = parse_iso8601(whole);
    if (!time) return std::nullopt;
    return to_iso8601(*time - zone).substr(0, 19) + "." + *fraction + "Z";
}

static constexpr std::int64_t second = 10'000'000;  // In ticks.

static constexpr std::int64_t ticks_of_epoch = 621'355'968'000'000'000;  // 1970, since the year 1.
static constexpr std::int64_t most_ticks = 3'155'378'975'999'999'999;    // The end of 9999.

std::optional<std::int64_t> datetime_ticks(std::string_view text) {
    static constexpr std::size_t whole_seconds = 19;
    auto time = normalized_datetime(text);
    if (!time) return std::nullopt;
    auto moment = parse_iso8601(time->substr(0, whole_seconds) + "Z");
    auto fraction = number_in<std::int64_t>(time->substr(whole_seconds + 1, 7));
    if (!moment || !fraction) return std::nullopt;
    auto seconds = std::chrono::floor<std::chrono::seconds>(moment->time_since_epoch()).count();
    return seconds * second + *fraction + ticks_of_epoch;
}

std::optional<std::string> datetime_of_ticks(std::int64_t ticks) {
    if (ticks < 0 || ticks > most_ticks) return std::nullopt;
    auto fraction = ticks % second;
    auto seconds = std::chrono::seconds((ticks - fraction - ticks_of_epoch) / second);
    auto digits = std::to_string(second + fraction).substr(1);
    return to_iso8601(wall_time(seconds)).substr(0, 19) + "." + digits + "Z";
}

std::string timespan_of_ticks(std::int64_t ticks) {
    bool negative = ticks < 0;
    auto left =
        negative ? 0 - static_cast<std::uint64_t>(ticks) : static_cast<std::uint64_t>(ticks);
    auto fraction = left % second;
    auto seconds = left / second;
    auto days = seconds / 86400;
    std::array<char, 64> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%02u:%02u:%02u",
        static_cast<unsigned>(seconds / 3600 % 24),
        static_cast<unsigned>(seconds / 60 % 60),
        static_cast<unsigned>(seconds % 60)
    );
    std::string text = negative ? "-" : "";
    if (days > 0) text += std::to_string(days) + ".";
    text += out.data();
    if (fraction == 0) return text;
    std::snprintf(out.data(), out.size(), ".%07u", static_cast<unsigned>(fraction));
    return text + out.data();
}

// The longest span is 10675199.02:48:05.4775807, as many ticks as fit into 64 bits.
static constexpr std::int64_t most_days = 10'675'199;
static constexpr std::int64_t ticks_beyond_most_days = 100'854'775'807;

static std::optional<std::int64_t> ticks_of_clock(std::string_view text) {
    auto fraction_at = text.find('.', text.find(':'));
    std::int64_t ticks = 0;
    if (fraction_at != text.npos) {
        auto part = text.substr(fraction_at);
        auto fraction = take_fraction(part);
        if (!fraction) return std::nullopt;
        ticks = std::stoll(*fraction);
        text = text.substr(0, fraction_at);
    }
    std::int64_t days = 0;
    if (auto dot = text.find('.'); dot != text.npos) {
        auto number = number_in<std::int64_t>(text.substr(0, dot));
        if (!number || *number > most_days) return std::nullopt;
        days = *number;
        text = text.substr(dot + 1);
    }
    std::int64_t seconds = 0;
    auto parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    parts.resize(3, "0");
    for (auto part : parts) {
        auto number = all_digits(part) ? number_in<std::int64_t>(part) : std::nullopt;
        if (!number || *number > 59) return std::nullopt;
        seconds = seconds * 60 + *number;
    }
    // The longest span has a part of a day more.
    bool is_too_long = days == most_days && (seconds * second + ticks) > ticks_beyond_most_days;
    if (is_too_long) return std::nullopt;
    return ((days * 86400) + seconds) * second + ticks;
}

static std::optional<std::int64_t> ticks_of_literal(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, double>, 6> units{
        {{"ms", 1e4}, {"tick", 1}, {"d", 864e9}, {"h", 36e9}, {"m", 6e8}, {"s", 1e7}}};
    for (auto& [unit, ticks] : units) {
        if (!text.ends_with(unit)) continue;
        auto number = number_in<double>(text.substr(0, text.size() - unit.size()));
        if (!number || !(std::abs(*number * ticks) < 9e18)) return std::nullopt;
        return static_cast<std::int64_t>(*number * ticks);
    }
    return std::nullopt;
}

std::optional<std::int64_t> timespan_ticks(std::string_view text) {
    text = trimmed(text);
    bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    auto ticks = text.find(':') != text.npos ? ticks_of_clock(text) : ticks_of_literal(text);
    if (!ticks) return std::nullopt;
    return negative ? -*ticks : *ticks;
}

std::optional<std::string> normalized_timespan(std::string_view text) {
    auto ticks = timespan_ticks(text);
    if (!ticks) return std::nullopt;
    return timespan_of_ticks(*ticks);
}

static cell boolean_cell(std::string_view text) {
    auto lower = to_lower(text);
    if (lower == "true" || lower == "1" || lower == "t" || lower == "yes") return std::int64_t{1};
    if (lower == "false" || lower == "0" || lower == "f" || lower == "no") return std::int64_t{0};
    return {};
}

static cell guid_cell(std::string_view text) {
    std::string guid = to_lower(text);
    if (guid.size() == 38 && guid.front() == '{') guid = guid.substr(1, 36);
    if (guid.size() == 32) {
        for (auto at : {8, 13, 18, 23}) guid.insert(static_cast<std::size_t>(at), "-");
    }
    if (!is_guid(guid)) return {};
    return guid;
}

static cell integer_cell(std::string_view text, std::int64_t least, std::int64_t most) {
    auto number = number_in<std::int64_t>(text);
    if (!number || *number < least || *number > most) return {};
    return *number;
}

static cell dynamic_cell(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = 1000;
    auto value = json::parse({text.data(), text.size()}, error, {}, options);
    // Text that is not JSON is kept as the string it is.
    if (error) return json::serialize(json::value(json::string(text)));
    if (value.is_null()) return {};
    return json::serialize(value);
}

template <class Text>
static cell optional_cell(std::optional<Text> text) {
    if (!text) return {};
    return std::move(*text);
}

cell empty_cell(column_type type) {
    if (type == column_type::string) return std::string();
    return {};
}

cell cell_from_text(std::string_view text, column_type type) {
    if (type == column_type::string) return std::string(text);
    auto bare = trimmed(text);
    if (bare.empty()) return {};
    switch (type) {
    case column_type::int_: {
        using limits = std::numeric_limits<std::int32_t>;
        return integer_cell(bare, limits::min(), limits::max());
    }
    case column_type::long_: {
        using limits = std::numeric_limits<std::int64_t>;
        return integer_cell(bare, limits::min(), limits::max());
    }
    case column_type::real: {
        auto number = number_in<double>(bare);
        if (!number) return {};
        return *number;
    }
    case column_type::bool_:
        return boolean_cell(bare);
    case column_type::datetime:
        return optional_cell(normalized_datetime(bare));
    case column_type::timespan:
        return optional_cell(normalized_timespan(bare));
    case column_type::guid:
        return guid_cell(bare);
    case column_type::dynamic:
        return dynamic_cell(bare);
    case column_type::decimal:
        if (!number_in<double>(bare)) return {};
        return std::string(bare);
    case column_type::string:
        break;
    }
    return std::string(text);
}

// "1.5", not "1.5E0".
static std::string plain_number(double number) {
    std::array<char, 400> out{};
    auto end = std::to_chars(out.data(), out.data() + out.size(), number, std::chars_format::fixed);
    return {out.data(), end.ptr};
}

cell cell_from_json(const json::value& value, column_type type) {
    if (value.is_null()) return empty_cell(type);
    if (type == column_type::dynamic) return json::serialize(value);
    if (auto* text = value.if_string()) return cell_from_text(*text, type);
    if (auto* number = value.if_double(); number && type == column_type::real) return *number;
    // A whole number may come as 3.0; a string column takes any value as its JSON.
    if (auto* number = value.if_double()) {
        bool whole = *number == std::floor(*number) && std::abs(*number) < 9e15;
        bool integer = type == column_type::int_ || type == column_type::long_;
        if (whole && integer) {
            return cell_from_text(std::to_string(static_cast<std::int64_t>(*number)), type);
        }
        if (type == column_type::decimal) return plain_number(*number);
    }
    return cell_from_text(json::serialize(value), type);
}

}  // namespace kustodrop::emulator
