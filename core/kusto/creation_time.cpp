#include "kusto/creation_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kustodrop::spool {

static constexpr std::string_view allowed =
    "; allowed: yyyy MM dd HH mm ss and 'quoted text', like 'web-'yyyyMMdd'.json'";

static failure wrong(std::string detail) {
    return {errc::not_allowed, remedy::reconfigure, std::move(detail) + std::string(allowed)};
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<creation_time_pattern::field> creation_time_pattern::field_named(
    std::string_view letters
) {
    if (letters == "yyyy") return field::year;
    if (letters == "MM") return field::month;
    if (letters == "dd") return field::day;
    if (letters == "HH") return field::hour;
    if (letters == "mm") return field::minute;
    if (letters == "ss") return field::second;
    return std::nullopt;
}

// Takes 'quoted text' from the front; nothing if its end is missing.
static std::optional<std::string> take_quoted(std::string_view& pattern) {
    std::string text;
    pattern.remove_prefix(1);
    while (!pattern.empty()) {
        auto c = pattern.front();
        pattern.remove_prefix(1);
        if (c != '\'') {
            text += c;
        } else if (pattern.starts_with('\'')) {
            text += '\'';
            pattern.remove_prefix(1);
        } else {
            return text;
        }
    }
    return std::nullopt;
}

result<creation_time_pattern> creation_time_pattern::parse(std::string_view pattern) {
    creation_time_pattern out;
    auto add_literal = [&](std::string_view text) {
        if (out.tokens_.empty() || out.tokens_.back().kind != field::literal) {
            out.tokens_.push_back({field::literal});
        }
        out.tokens_.back().text += text;
    };
    std::array<bool, 7> given{};
    while (!pattern.empty()) {
        auto c = pattern.front();
        if (c == '\'') {
            auto text = take_quoted(pattern);
            if (!text) return wrong("has a ' without its end");
            if (!text->empty()) add_literal(*text);
            continue;
        }
        if (c == '*' || c == '?') return wrong("has a wildcard, which a time has not");
        if (!is_letter(c) || c == 'T' || c == 'Z') {
            add_literal(pattern.substr(0, 1));
            pattern.remove_prefix(1);
            continue;
        }
        auto letters = pattern.substr(0, std::min(pattern.find_first_not_of(c), pattern.size()));
        auto kind = field_named(letters);
        if (!kind) return wrong("has letters that mean nothing");
        auto& seen = given[static_cast<std::size_t>(*kind)];
        if (seen) return wrong("names " + std::string(letters) + " twice");
        seen = true;
        out.tokens_.push_back({*kind});
        pattern.remove_prefix(letters.size());
    }
    if (!given[static_cast<std::size_t>(field::year)]) return wrong("names no year");
    // yyyy MM ss without dd HH mm would give a time that no one meant.
    for (std::size_t i = 2; i < given.size(); ++i) {
        if (given[i] && !given[i - 1]) return wrong("leaves out a part between two others");
    }
    for (auto& token : out.tokens_) {
        if (token.text.find('/') != std::string::npos) out.whole_path_ = true;
    }
    return out;
}

// What was read so far of one match.
struct creation_time_pattern::reading {
    std::array<int, 7> values{0, 0, 1, 1, 0, 0, 0};  // By field; the literal's is unused.

    std::optional<wall_time> time() const {
        using namespace std::chrono;
        auto value = [&](field kind) { return values[static_cast<std::size_t>(kind)]; };
        year_month_day date(
            year(value(field::year)),
            month(static_cast<unsigned>(value(field::month))),
            day(static_cast<unsigned>(value(field::day)))
        );
        auto hour = value(field::hour);
        auto minute = value(field::minute);
        auto second = value(field::second);
        if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
        auto time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
        return time_point_cast<wall_time::duration>(time);
    }
};

std::optional<wall_time> creation_time_pattern::match_at(std::string_view name, std::size_t at)
    const {
    // Digits that go on are another number: 20260822 is not found in 120260822.
    if (at > 0 && is_digit(name[at - 1])) return std::nullopt;
    reading read;
    for (auto& token : tokens_) {
        auto left = name.substr(at);
        if (token.kind == field::literal) {
            if (!left.starts_with(token.text)) return std::nullopt;
            at += token.text.size();
            continue;
        }
        std::size_t width = token.kind == field::year ? 4 : 2;
        if (left.size() < width || !std::all_of(left.begin(), left.begin() + width, is_digit)) {
            return std::nullopt;
        }
        auto& value = read.values[static_cast<std::size_t>(token.kind)];
        std::from_chars(left.data(), left.data() + width, value);
        at += width;
    }
    bool ends_in_digits = tokens_.back().kind != field::literal;
    if (ends_in_digits && at < name.size() && is_digit(name[at])) return std::nullopt;
    return read.time();
}

std::optional<wall_time> creation_time_pattern::match(std::string_view relative_path) const {
    if (tokens_.empty()) return std::nullopt;
    auto name = whole_path_ ? relative_path : relative_path.substr(relative_path.rfind('/') + 1);
    if (tokens_.front().kind == field::literal) return match_at(name, 0);
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (auto time = match_at(name, at)) return time;
    }
    return std::nullopt;
}

}  // namespace kustodrop::spool
