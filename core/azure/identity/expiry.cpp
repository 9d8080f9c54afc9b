#include "azure/identity/expiry.hpp"

#include "base/text.hpp"

#include <charconv>
#include <string>

namespace kustodrop::azure {

// Up to four digits at the front of `text`, and the character behind them.
static std::optional<int> take_number(std::string_view& text, char end) {
    int number = 0;
    auto* begin = text.data();
    auto [stopped, error] = std::from_chars(begin, begin + text.size(), number);
    auto length = static_cast<std::size_t>(stopped - begin);
    bool is_number = error == std::errc() && length > 0 && length <= 4 && number >= 0;
    bool ends = end == '\0' || (length < text.size() && text[length] == end);
    if (!is_number || !ends) return std::nullopt;
    text.remove_prefix(length + (end == '\0' ? 0 : 1));
    return number;
}

static std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// What follows the time: " PM", "AM", a zone. The hour of a clock of twelve becomes one of 24.
static bool take_half_of_day(std::string_view& text, int& hour) {
    text = trimmed(text);
    auto half = to_lower(text.substr(0, 2));
    if (half != "am" && half != "pm") return true;
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (half == "pm" ? 12 : 0);
    text = trimmed(text.substr(2));
    return true;
}

// The month comes first; ISO 8601 is made of it.
static std::optional<wall_time> parse_american(std::string_view text) {
    auto month = take_number(text, '/');
    auto day = month ? take_number(text, '/') : std::nullopt;
    auto year = day ? take_number(text, ' ') : std::nullopt;
    text = trimmed(text);
    auto hour = year ? take_number(text, ':') : std::nullopt;
    auto minute = hour ? take_number(text, ':') : std::nullopt;
    auto second = minute ? take_number(text, '\0') : std::nullopt;
    if (!second || *year < 1000 || !take_half_of_day(text, *hour)) return std::nullopt;
    auto iso = std::to_string(*year) + "-" + two_digits(*month) + "-" + two_digits(*day) + "T" +
               two_digits(*hour) + ":" + two_digits(*minute) + ":" + two_digits(*second);
    return parse_iso8601(iso.append(text));
}

std::optional<wall_time> parse_expiry_date(std::string_view text) {
    text = trimmed(text);
    auto iso = parse_iso8601(text);
    return iso ? iso : parse_american(text);
}

}  // namespace kustodrop::azure
