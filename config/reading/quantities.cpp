#include "config/reading/quantities.hpp"

#include "base/text.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

namespace kustodrop::config {

template <class T>
struct unit {
    std::string_view name;
    T factor;
};

static constexpr std::array duration_units{
    unit<duration>{"d", 24h},
    unit<duration>{"h", 1h},
    unit<duration>{"m", 1min},
    unit<duration>{"s", 1s},
    unit<duration>{"ms", 1ms},
};
static constexpr std::array size_units{
    unit<std::uint64_t>{"TiB", 1ULL << 40},
    unit<std::uint64_t>{"GiB", 1ULL << 30},
    unit<std::uint64_t>{"MiB", 1ULL << 20},
    unit<std::uint64_t>{"KiB", 1ULL << 10},
    unit<std::uint64_t>{"B", 1},
};
static constexpr auto longest = 24h * 36500;  // A century; nanoseconds hold nearly three.

static constexpr std::string_view duration_units_hint = "a number with ms, s, m, h or d, like 30s";
static constexpr std::string_view size_units_hint =
    "a number with B, KiB, MiB, GiB or TiB, like 64KiB";

static failure wrong(std::string detail) {
    return {errc::not_allowed, remedy::reconfigure, std::move(detail)};
}

static failure wrong(std::string_view what, std::string_view allowed) {
    return wrong(std::string(what) + std::string(allowed));
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A number and the letters after it.
struct amount {
    std::string_view digits;
    std::string_view unit;
};

// Takes one amount from the front of `text`; its digits are empty if there is none.
static amount take_amount(std::string_view& text) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    std::size_t end = digits;
    while (end < text.size() && is_letter(text[end])) ++end;
    amount taken{text.substr(0, digits), text.substr(digits, end - digits)};
    text.remove_prefix(end);
    return taken;
}

static std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

struct other_unit {
    std::string_view theirs;  // In lower case.
    std::string_view ours;
};
static constexpr other_unit other_duration_units[]{
    {"ms", "ms"}, {"msec", "ms"}, {"millis", "ms"}, {"milliseconds", "ms"}, {"s", "s"},
    {"sec", "s"}, {"secs", "s"},  {"second", "s"},  {"seconds", "s"},       {"m", "m"},
    {"min", "m"}, {"mins", "m"},  {"minute", "m"},  {"minutes", "m"},       {"h", "h"},
    {"hr", "h"},  {"hrs", "h"},   {"hour", "h"},    {"hours", "h"},         {"d", "d"},
    {"day", "d"}, {"days", "d"}};
static constexpr other_unit other_size_units[]{
    {"b", "B"},
    {"byte", "B"},
    {"bytes", "B"},
    {"k", "KiB"},
    {"kb", "KiB"},
    {"kib", "KiB"},
    {"m", "MiB"},
    {"mb", "MiB"},
    {"mib", "MiB"},
    {"g", "GiB"},
    {"gb", "GiB"},
    {"gib", "GiB"},
    {"t", "TiB"},
    {"tb", "TiB"},
    {"tib", "TiB"}};

// "5m" of "5 min"; empty where it is not a number with a unit that others use.
template <class Units>
static std::string meant(std::string_view text, const Units& units) {
    auto end = text.find_first_not_of("0123456789");
    if (end == 0 || end == text.npos) return {};
    auto digits = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    for (auto& one : units) {
        if (!equals_ignoring_case(text, one.theirs)) continue;
        return std::string(digits) + std::string(one.ours);
    }
    return {};
}

static bool is_zero(std::string_view text) {
    return !text.empty() && text.find_first_not_of('0') == std::string_view::npos;
}

template <class Units>
static auto find_unit(const Units& units, std::string_view name) {
    auto* found = units.begin();
    while (found != units.end() && found->name != name) ++found;
    return found;
}

result<duration> parse_duration(std::string_view text) {
    if (is_zero(text)) return duration::zero();
    auto hint = advice(meant(text, other_duration_units), duration_units_hint);
    if (text.empty()) return wrong("is not a valid duration", hint);
    duration total{};
    auto* last = duration_units.begin();
    bool first = true;
    while (!text.empty()) {
        auto taken = take_amount(text);
        if (taken.digits.empty()) return wrong("is not a valid duration", hint);
        if (taken.unit.empty() && text.empty()) return wrong("has no unit", hint);
        if (taken.unit.empty()) return wrong("is not a valid duration", hint);
        auto* found = find_unit(duration_units, taken.unit);
        if (found == duration_units.end()) return wrong("has an unknown unit", hint);
        if (!first && found <= last) {
            return wrong("has its units in the wrong order; use the larger unit first, like 1h30m");
        }
        auto value = number(taken.digits);
        auto most = static_cast<std::uint64_t>(longest / found->factor);
        if (!value || *value > most) return wrong("is too long; use at most 36500d");
        total += found->factor * static_cast<duration::rep>(*value);
        if (total > longest) return wrong("is too long; use at most 36500d");
        last = found;
        first = false;
    }
    return total;
}

result<std::uint64_t> parse_size(std::string_view text) {
    if (is_zero(text)) return std::uint64_t{0};
    auto hint = advice(meant(text, other_size_units), size_units_hint);
    auto taken = take_amount(text);
    if (taken.digits.empty() || !text.empty()) return wrong("is not a valid size", hint);
    if (taken.unit.empty()) return wrong("has no unit", hint);
    auto* found = find_unit(size_units, taken.unit);
    if (found == size_units.end()) return wrong("has an unknown unit", hint);
    auto value = number(taken.digits);
    // A file's size is signed, so that half of the range is all there is.
    auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value || *value > most / found->factor) return wrong("is too large; use less than 8 EiB");
    return *value * found->factor;
}

result<double> parse_percentage(std::string_view text) {
    static constexpr std::string_view allowed = "; use 0% to 100%, like 5%";
    if (is_zero(text)) return 0.0;
    if (!text.ends_with('%')) {
        bool bare = text.find_first_not_of("0123456789.") == std::string_view::npos;
        return wrong(
            !text.empty() && bare ? "has no percent sign" : "is not a valid percentage", allowed
        );
    }
    text.remove_suffix(1);
    double value = 0;
    bool digits = !text.empty() && is_digit(text.front()) && is_digit(text.back());
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (!digits || error != std::errc() || end != text.data() + text.size()) {
        return wrong("is not a valid percentage", allowed);
    }
    if (value > 100) return wrong("is out of range", allowed);
    return value;
}

result<std::uint64_t> parse_whole_number(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return wrong("is not a valid number; use a whole number like 100");
    }
    auto value = number(text);
    if (!value) return wrong("is too large; use a smaller number");
    return *value;
}

std::string format_duration(duration value) {
    if (value == duration::zero()) return "0s";
    for (auto& unit : duration_units) {
        if (value % unit.factor == duration::zero()) {
            return std::to_string(value / unit.factor) + std::string(unit.name);
        }
    }
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(value).count()) +
           "ms";
}

std::string format_size(std::uint64_t bytes) {
    if (bytes == 0) return "0";
    for (auto& unit : size_units) {
        if (bytes % unit.factor == 0) {
            return std::to_string(bytes / unit.factor) + std::string(unit.name);
        }
    }
    return std::to_string(bytes) + "B";
}

std::string format_percentage(double percent) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%g%%", percent);
    return out.data();
}

}  // namespace kustodrop::config
