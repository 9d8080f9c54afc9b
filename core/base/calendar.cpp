// The dates of text.hpp.
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace kustodrop {

using namespace std::chrono;

static constexpr std::array months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// The last `digits` digits of a number that is not negative.
static void put_digits(char* to, int digits, unsigned number) {
    for (int i = digits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

// Written for every line of the log and every message: without a format that is read each time.
std::string to_iso8601(wall_time time) {
    auto day = floor<days>(time);
    year_month_day date(day);
    hh_mm_ss clock(floor<milliseconds>(time - day));
    auto year = static_cast<int>(date.year());
    std::string out = "0000-00-00T00:00:00.000Z";
    auto put = [&](std::size_t at, int digits, auto number) {
        put_digits(out.data() + at, digits, static_cast<unsigned>(number));
    };
    put(0, 4, std::max(year, 0));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, clock.hours().count());
    put(14, 2, clock.minutes().count());
    put(17, 2, clock.seconds().count());
    put(20, 3, clock.subseconds().count());
    if (year < 0 || year > 9999) out.replace(0, 4, std::to_string(year));
    return out;
}

// Takes exactly `digits` digits from the front of `text`.
static std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

static bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

static std::optional<wall_time> joined(
    std::optional<int> y, std::optional<unsigned> m, std::optional<int> d, duration of_day
) {
    if (!y || !m || !d) return std::nullopt;
    year_month_day date(year(*y), month(*m), day(static_cast<unsigned>(*d)));
    if (!date.ok()) return std::nullopt;
    return wall_time(time_point_cast<microseconds>(sys_days(date))) +
           duration_cast<microseconds>(of_day);
}

// "10:00" at the front of `text`, as time since midnight.
static std::optional<duration> take_minute(std::string_view& text) {
    auto h = take_number(text, 2);
    if (!h || !take(text, ':')) return std::nullopt;
    auto m = take_number(text, 2);
    if (!m || *h > 23 || *m > 59) return std::nullopt;
    return hours(*h) + minutes(*m);
}

// ":07" at the front of `text`.
static std::optional<duration> take_second(std::string_view& text) {
    if (!take(text, ':')) return std::nullopt;
    auto s = take_number(text, 2);
    if (!s || *s > 60) return std::nullopt;
    return seconds(*s);
}

// "10:00:07" at the front of `text`, as time since midnight.
static std::optional<duration> take_time(std::string_view& text) {
    auto minute = take_minute(text);
    if (!minute) return std::nullopt;
    auto second = take_second(text);
    return second ? std::optional<duration>(*minute + *second) : std::nullopt;
}

// ".123" at the front of `text`; no time at all if there is no point.
static std::optional<duration> take_fraction(std::string_view& text) {
    duration out = 0s;
    if (!take(text, '.')) return out;
    duration unit = 1s;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        unit /= 10;
        out += unit * (text[digits++] - '0');
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    text.remove_prefix(digits);
    return out;
}

// "+02:00", "Z" or nothing: how far the time before it is ahead of UTC.
static std::optional<duration> take_zone(std::string_view& text) {
    if (text.empty() || take(text, 'Z')) return 0s;
    bool ahead = take(text, '+');
    if (!ahead && !take(text, '-')) return std::nullopt;
    auto offset = take_minute(text);
    if (!offset) return std::nullopt;
    return ahead ? *offset : -*offset;
}

std::optional<wall_time> parse_iso8601(std::string_view text) {
    auto y = take_number(text, 4);
    if (!take(text, '-')) return std::nullopt;
    auto m = take_number(text, 2);
    if (!take(text, '-')) return std::nullopt;
    auto d = take_number(text, 2);
    std::optional<unsigned> number_of_month;
    if (m) number_of_month = static_cast<unsigned>(*m);
    if (text.empty()) return joined(y, number_of_month, d, 0s);
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    auto minute = take_minute(text);
    if (!minute || text.empty()) return std::nullopt;
    // Only a time zone may follow the minute at once.
    std::optional<duration> second = 0s;
    std::optional<duration> fraction = 0s;
    if (text.front() == ':') {
        second = take_second(text);
        fraction = take_fraction(text);
    }
    auto ahead = take_zone(text);
    if (!second || !fraction || !ahead || !text.empty()) return std::nullopt;
    return joined(y, number_of_month, d, *minute + *second + *fraction - *ahead);
}

static std::optional<unsigned> month_named(std::string_view name) {
    for (unsigned i = 0; i < months.size(); ++i) {
        if (name == months[i]) return i + 1;
    }
    return std::nullopt;
}

std::optional<wall_time> parse_http_date(std::string_view text) {
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
        return std::nullopt;
    }
    text = text.substr(5);
    auto d = take_number(text, 2);
    if (!take(text, ' ')) return std::nullopt;
    auto m = month_named(text.substr(0, 3));
    text.remove_prefix(3);
    if (!take(text, ' ')) return std::nullopt;
    auto y = take_number(text, 4);
    if (!take(text, ' ')) return std::nullopt;
    auto of_day = take_time(text);
    if (!of_day) return std::nullopt;
    return joined(y, m, d, *of_day);
}

std::string to_http_date(wall_time time) {
    auto day = floor<days>(time);
    year_month_day date(day);
    hh_mm_ss clock(floor<seconds>(time - day));
    std::array<char, 64> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%s, %02u %s %04d %02ld:%02ld:%02ld GMT",
        weekdays[weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()),
        months[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
    return out.data();
}

}  // namespace kustodrop
