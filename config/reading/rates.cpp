#include "config/reading/rates.hpp"

#include "base/text.hpp"
#include "config/reading/quantities.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace kustodrop::config {

static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static constexpr std::uint8_t every_day = 0x7F;
static constexpr std::size_t most_entries = 100;
static constexpr std::string_view days_hint = "Mon, Mon-Fri or Sat,Sun";
static constexpr std::string_view entry_hint =
    "; use days, a time and a size, like \"Mon-Fri 07:00 1MiB\"";

static failure wrong(std::string detail) {
    return {errc::not_allowed, remedy::reconfigure, std::move(detail)};
}

static std::optional<unsigned> day_named(std::string_view name) {
    for (unsigned i = 0; i < weekdays.size(); ++i) {
        if (equals_ignoring_case(name, weekdays[i])) return i;
    }
    return std::nullopt;
}

static failure no_day(std::string_view name) {
    if (name.empty()) return wrong("a day is missing" + advice({}, days_hint));
    auto start = day_named(name.substr(0, 3));
    auto meant = start ? std::string_view(weekdays[*start]) : std::string_view();
    return wrong(quoted(name) + " is not a day" + advice(meant, days_hint));
}

// "Mon-Fri,Sun" as bits; "Fri-Mon" goes over the weekend.
static result<std::uint8_t> parse_days(std::string_view text) {
    unsigned out = 0;
    for (auto part : split(text, ',')) {
        auto dash = part.find('-');
        auto first_name = part.substr(0, dash);
        auto last_name = dash == part.npos ? first_name : part.substr(dash + 1);
        auto first = day_named(first_name);
        if (!first) return no_day(first_name);
        auto last = day_named(last_name);
        if (!last) return no_day(last_name);
        for (auto day = *first;; day = (day + 1) % 7) {
            out |= 1u << day;
            if (day == *last) break;
        }
    }
    return static_cast<std::uint8_t>(out);
}

static std::optional<unsigned> two_digits(std::string_view text) {
    auto value = parse_whole_number(text);
    if (text.size() != 2 || !value) return std::nullopt;
    return static_cast<unsigned>(*value);
}

static result<unsigned> parse_minute(std::string_view text) {
    auto colon = text.find(':');
    auto hour = two_digits(text.substr(0, colon));
    auto minute = colon == text.npos ? std::nullopt : two_digits(text.substr(colon + 1));
    if (hour && minute && *hour < 24 && *minute < 60) return *hour * 60 + *minute;
    auto meant = text == "24:00" ? "00:00 of the next day" : "";
    return wrong(quoted(text) + " is not a time" + advice(meant, "00:00 to 23:59"));
}

static result<std::uint64_t> parse_rate(std::string_view text, range<std::uint64_t> allowed) {
    if (text == "off") return std::uint64_t{0};
    auto size = parse_size(text);
    if (!size) return wrong(quoted(text) + " " + size.error().detail + ", or off for no limit");
    if (*size < allowed.least || *size > allowed.most) {
        auto use = format_size(allowed.least) + " to " + format_size(allowed.most);
        return wrong(quoted(text) + " is out of range; use " + use);
    }
    if (*size == 0 || *size >= least_rate) return *size;
    return wrong(
        format_size(*size) +
        " in a second is too little to ship anything; use 0 for no limit, or " +
        format_size(least_rate) + " or more"
    );
}

static result<timetable_entry> parse_entry(std::string_view text, range<std::uint64_t> allowed) {
    std::vector<std::string_view> parts;
    for (auto part : split(text, ' ')) {
        if (!part.empty()) parts.push_back(part);
    }
    if (parts.empty()) return wrong("is empty" + std::string(entry_hint));
    timetable_entry out;
    bool is_daily = parts.front().find(':') != std::string_view::npos;
    if (!is_daily) {
        auto days = parse_days(parts.front());
        if (!days) return days.error();
        out.days = *days;
        parts.erase(parts.begin());
    }
    if (parts.empty()) return wrong("has no time" + std::string(entry_hint));
    auto minute = parse_minute(parts[0]);
    if (!minute) return minute.error();
    out.minute = *minute;
    if (parts.size() == 1) return wrong("has no size" + std::string(entry_hint));
    auto rate = parse_rate(parts[1], allowed);
    if (!rate) return rate.error();
    out.bytes_per_second = *rate;
    if (parts.size() == 2) return out;
    return wrong(quoted(parts[2]) + " is too much; use ; between entries");
}

// "07:00".
static std::string format_minute(unsigned minute) {
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), "%02u:%02u", minute / 60 % 24, minute % 60);
    return out.data();
}

// What two entries have in common, which is ambiguous.
static std::optional<failure> clash(const std::vector<timetable_entry>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            auto both = all[i].days & all[j].days;
            if (all[i].minute != all[j].minute || both == 0) continue;
            unsigned day = 0;
            while ((both >> day & 1) == 0) ++day;
            return wrong(
                "entry " + std::to_string(i + 1) + " begins with entry " + std::to_string(j + 1) +
                ", on " + weekdays[day] + " at " + format_minute(all[i].minute) +
                "; use other days or another time"
            );
        }
    }
    return std::nullopt;
}

static failure in_entry(std::size_t number, std::string_view text, const failure& why) {
    auto quote = text.empty() ? std::string() : " (" + quoted(text) + ")";
    auto begin = "entry " + std::to_string(number) + quote;
    bool is_sentence = why.detail.starts_with("is ") || why.detail.starts_with("has ");
    return wrong(begin + (is_sentence ? " " : ": ") + why.detail);
}

// Not a size with a mistake in it.
static bool has_entries(std::string_view text) {
    if (text.find_first_of(":;") != text.npos) return true;
    bool ends = text.size() == 3 ||
                (text.size() > 3 && (text[3] == ' ' || text[3] == '-' || text[3] == ','));
    return ends && day_named(text.substr(0, 3)).has_value();
}

static result<timetable> parse_entries(std::string_view text, range<std::uint64_t> allowed) {
    std::vector<timetable_entry> out;
    auto parts = split(text, ';');
    if (parts.size() > 1 && trimmed(parts.back()).empty()) parts.pop_back();
    if (parts.size() > most_entries) {
        return wrong("has " + std::to_string(parts.size()) + " entries; use at most 100");
    }
    for (auto part : parts) {
        auto shown = trimmed(part);
        auto entry = parse_entry(shown, allowed);
        if (!entry) return in_entry(out.size() + 1, shown, entry.error());
        out.push_back(*entry);
    }
    if (auto found = clash(out)) return *found;
    return timetable(std::move(out));
}

result<timetable> parse_timetable(std::string_view text, range<std::uint64_t> allowed) {
    if (has_entries(text)) return parse_entries(text, allowed);
    auto rate = text == "off" ? result<std::uint64_t>(wrong("is for entries; use 0 for no limit"))
                              : parse_size(text);
    if (!rate) return rate.error();
    if (*rate < allowed.least || *rate > allowed.most) {
        auto use = format_size(allowed.least) + " to " + format_size(allowed.most);
        return wrong("is out of range; use " + use);
    }
    return timetable(*rate);
}

// "Mon-Fri,Sun "; nothing for every day.
static std::string format_days(std::uint8_t days) {
    if (days == every_day) return {};
    std::string out;
    auto is_on = [days](unsigned day) { return (days >> day % 7 & 1u) != 0; };
    // From Monday on, and a row of days that goes over Sunday begins where it does.
    for (unsigned day = 1; day <= 7; ++day) {
        if (!is_on(day) || (day > 1 && is_on(day - 1))) continue;
        if (day == 1 && is_on(0)) continue;
        auto last = day;
        while (is_on(last + 1)) ++last;
        out += (out.empty() ? "" : ",") + std::string(weekdays[day % 7]);
        if (last > day) out += (last == day + 1 ? "," : "-") + std::string(weekdays[last % 7]);
    }
    return out + " ";
}

std::string format_timetable(const timetable& rates) {
    if (rates.is_constant()) return format_size(rates.constant());
    std::string out;
    for (auto& entry : rates.entries()) {
        auto rate = entry.bytes_per_second;
        out += (out.empty() ? "" : "; ") + format_days(entry.days) + format_minute(entry.minute) +
               " " + (rate == 0 ? "off" : format_size(rate));
    }
    return out;
}

bool read_timetable(
    section& from, std::string_view key, timetable& out, range<std::uint64_t> allowed
) {
    auto given = from.take_scalar(key);
    if (!given) return !from.is_wrong(key);
    auto rates = parse_timetable(given->text, allowed);
    if (!rates) {
        auto detail = rates.error().detail;
        bool names_entry = detail.starts_with("entry ");
        // What came from outside is not printed, and entries are quoted.
        bool may_print = given->shown == quoted(given->text);
        if (names_entry && !may_print)
            detail = "has an entry that is wrong" + std::string(entry_hint);
        from.error(key, names_entry && may_print ? detail : given->shown + " " + detail);
        return false;
    }
    auto least = rates->constant();
    if (least > 0 && least < least_rate) {
        from.error(
            key,
            format_size(least) +
                " in a second is too little to ship anything; use 0 for no limit, or " +
                format_size(least_rate) + " or more"
        );
        return false;
    }
    out = std::move(*rates);
    return true;
}

}  // namespace kustodrop::config
