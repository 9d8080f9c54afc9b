#include "daemon/inferring/value_type.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace kustodrop::daemon {

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// How many digits a text begins with.
static std::size_t digits_at(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    return count;
}

// "dd:dd" and the like: each d is a digit, everything else stands for itself.
static bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool fits = shape[i] == 'd' ? is_digit(text[i]) : text[i] == shape[i];
        if (!fits) return false;
    }
    return true;
}

std::string_view to_string(value_type type) {
    switch (type) {
    case value_type::boolean:
        return "bool";
    case value_type::whole:
        return "long";
    case value_type::decimal:
        return "decimal";
    case value_type::real:
        return "real";
    case value_type::datetime:
        return "datetime";
    case value_type::timespan:
        return "timespan";
    case value_type::guid:
        return "guid";
    case value_type::dynamic:
        return "dynamic";
    case value_type::none:
    case value_type::text:
        break;
    }
    return "string";
}

static std::string_view without_sign(std::string_view text) {
    return text.starts_with('-') ? text.substr(1) : text;
}

static bool has_leading_zeros(std::string_view text) {
    auto digits = without_sign(text);
    return digits.size() > 1 && digits[0] == '0' && digits_at(digits) == digits.size();
}

static value_type number_type(std::string_view text) {
    auto rest = without_sign(text);
    auto whole = digits_at(rest);
    if (whole == 0) return value_type::text;
    if (whole > 1 && rest[0] == '0') return value_type::text;
    if (whole == rest.size()) {
        std::int64_t value = 0;
        auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        return read.ec == std::errc() ? value_type::whole : value_type::decimal;
    }
    rest.remove_prefix(whole);
    if (rest.starts_with('.')) {
        auto fraction = digits_at(rest.substr(1));
        if (fraction == 0) return value_type::text;
        rest.remove_prefix(1 + fraction);
    }
    if (rest.empty()) return is_beyond_real(text) ? value_type::text : value_type::real;
    if (rest[0] != 'e' && rest[0] != 'E') return value_type::text;
    rest.remove_prefix(1);
    if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
    bool is_exponent = !rest.empty() && digits_at(rest) == rest.size();
    return is_exponent && !is_beyond_real(text) ? value_type::real : value_type::text;
}

bool is_beyond_real(std::string_view number) {
    double value = 0;
    auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    if (read.ec != std::errc::result_out_of_range) return std::isinf(value);
    // Out of range is what is too small too, which becomes 0.
    auto exponent = number.find_first_of("eE");
    if (exponent != std::string_view::npos) return number.substr(exponent + 1, 1) != "-";
    return !without_sign(number).starts_with('0');
}

static bool is_guid_text(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool is_hex =
            std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
        if (is_dash ? text[i] != '-' : !is_hex) return false;
    }
    return true;
}

// The longest is 10675199.02:48:05.4775807.
static bool has_too_many_days(std::string_view days, std::string_view time) {
    static constexpr std::string_view most = "10675199";
    days.remove_prefix(std::min(days.find_first_not_of('0'), days.size()));
    if (days.size() != most.size()) return days.size() > most.size();
    return days > most || (days == most && time > "02:48:05.4775807");
}

// "12:30:00", "1.12:30:00.5"
static bool is_timespan(std::string_view text) {
    auto rest = without_sign(text);
    auto days = digits_at(rest);
    bool is_too_long = days > 0 && days < rest.size() && rest[days] == '.' &&
                       has_too_many_days(rest.substr(0, days), rest.substr(days + 1));
    if (is_too_long) return false;
    if (days > 0 && days < rest.size() && rest[days] == '.') rest.remove_prefix(days + 1);
    if (rest.size() < 8 || !has_shape(rest.substr(0, 8), "dd:dd:dd")) return false;
    bool is_time = rest.substr(0, 2) < "24" && rest[3] < '6' && rest[6] < '6';
    rest.remove_prefix(8);
    if (!is_time || rest.empty()) return is_time;
    return rest[0] == '.' && rest.size() > 1 && digits_at(rest.substr(1)) == rest.size() - 1;
}

static bool is_datetime(std::string_view text) {
    if (text.size() < 10 || !has_shape(text.substr(0, 10), "dddd-dd-dd")) {
        return parse_http_date(text).has_value();
    }
    // A leap second is none to the service.
    static constexpr std::string_view before_seconds = "dddd-dd-dd?dd:dd:";
    bool is_leap_second =
        text.substr(std::min(text.size(), before_seconds.size())).starts_with("60");
    return !is_leap_second && parse_iso8601(text).has_value();
}

value_type type_of(std::string_view text) {
    if (text.empty()) return value_type::none;
    auto lower = text.size() <= 5 ? to_lower(text) : std::string();
    if (lower == "true" || lower == "false") return value_type::boolean;
    if (auto number = number_type(text); number != value_type::text) return number;
    if (is_guid_text(text)) return value_type::guid;
    if (is_datetime(text)) return value_type::datetime;
    if (is_timespan(text)) return value_type::timespan;
    return value_type::text;
}

value_type joined(value_type one, value_type other) {
    if (one == value_type::none) return other;
    if (other == value_type::none || one == other) return one;
    if (one == value_type::dynamic || other == value_type::dynamic) return value_type::dynamic;
    auto is_number = [](value_type type) {
        return type == value_type::whole || type == value_type::decimal || type == value_type::real;
    };
    // Of these three each holds the values of those before it.
    if (is_number(one) && is_number(other)) return std::max(one, other);
    return value_type::text;
}

bool is_ambiguous_date(std::string_view text) {
    auto first = digits_at(text);
    if (first < 1 || first > 2 || first == text.size()) return false;
    char separator = text[first];
    if (separator != '/' && separator != '.' && separator != '-') return false;
    auto rest = text.substr(first + 1);
    auto second = digits_at(rest);
    if (second < 1 || second > 2 || second == rest.size() || rest[second] != separator)
        return false;
    auto year = digits_at(rest.substr(second + 1));
    return year == 4 || year == 2;
}

void seen_values::add(value_type one) {
    if (one != value_type::whole && one != value_type::none) may_be_unix_times = false;
    if (one != value_type::none) types.insert(one);
    type = joined(type, one);
}

// Seconds or milliseconds from 2001 to 2099.
static bool is_like_a_unix_time(std::string_view text) {
    bool seconds = text.size() == 10 && text >= "1000000000" && text < "4100000000";
    bool millis = text.size() == 13 && text >= "1000000000000" && text < "4100000000000";
    return seconds || millis;
}

// Without the zeros in front.
static std::size_t significant_digits(std::string_view number) {
    auto first = number.find_first_of("123456789");
    if (first == std::string_view::npos) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(number.substr(first), is_digit));
}

static bool is_long_whole(std::string_view text) {
    static constexpr std::int64_t exact = std::int64_t{1} << 53u;
    std::int64_t value = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec != std::errc() || value > exact || value < -exact;
}

void seen_values::add(std::string_view text) {
    static constexpr std::size_t kept_digits = 17;
    auto one = type_of(text);
    bool is_whole = one == value_type::whole || one == value_type::decimal;
    if (one == value_type::whole && !is_like_a_unix_time(text)) may_be_unix_times = false;
    if (is_whole && is_long_whole(text)) has_long_wholes = true;
    if (one == value_type::real) {
        bool has_exponent = text.find_first_of("eE") != std::string_view::npos;
        has_exponents = has_exponents || has_exponent;
        bool is_long = !has_exponent && significant_digits(text) > kept_digits;
        has_long_fractions = has_long_fractions || is_long;
    }
    has_leading_zeros = has_leading_zeros || daemon::has_leading_zeros(text);
    has_ambiguous_dates = has_ambiguous_dates || is_ambiguous_date(text);
    add(one);
}

void seen_values::add_real(double number) {
    // What has no type of its own.
    static constexpr double beyond_whole = 18446744073709551616.0;
    static constexpr double below_whole = -9223372036854775808.0;
    is_beyond_real = is_beyond_real || !std::isfinite(number);
    bool is_long = std::isfinite(number) && (number >= beyond_whole || number <= below_whole);
    has_long_fractions = has_long_fractions || is_long;
    add(value_type::real);
}

value_type seen_values::column_type() const {
    bool loses = type == value_type::real && has_long_wholes;
    bool is_for_decimal = loses && !has_exponents && !has_long_fractions;
    return is_for_decimal ? value_type::decimal : type;
}

}  // namespace kustodrop::daemon
