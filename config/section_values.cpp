#include "base/text.hpp"
#include "config/quantities.hpp"
#include "config/section.hpp"
#include "config/suggest.hpp"

#include <algorithm>

// What a section's values may be; how it is walked is in section.cpp.
namespace kustodrop::config {

bool section::flag(std::string_view key, bool& out) {
    auto given = take_scalar(key);
    if (!given) return !is_wrong(key);
    if (given->text == "true" || given->text == "false") {
        out = given->text == "true";
        return true;
    }
    error(key, given->shown + " is neither true nor false; allowed: true, false");
    return false;
}

bool section::number(std::string_view key, std::uint64_t& out, range<std::uint64_t> range) {
    auto given = take_scalar(key);
    if (!given) return !is_wrong(key);
    auto allowed =
        "; allowed: " + std::to_string(range.least) + " to " + std::to_string(range.most);
    auto value = parse_whole_number(given->text);
    if (!value) {
        error(key, given->shown + " " + value.error().detail + allowed);
        return false;
    }
    if (*value < range.least || *value > range.most) {
        error(key, given->shown + " is out of range" + allowed);
        return false;
    }
    out = *value;
    return true;
}

bool section::time(std::string_view key, duration& out, range<duration> range) {
    auto given = take_scalar(key);
    if (!given) return !is_wrong(key);
    auto value = parse_duration(given->text);
    if (!value) {
        error(key, given->shown + " " + value.error().detail);
        return false;
    }
    if (*value < range.least || *value > range.most) {
        auto allowed = format_duration(range.least) + " to " + format_duration(range.most);
        error(key, given->shown + " is out of range; allowed: " + allowed);
        return false;
    }
    out = *value;
    return true;
}

bool section::size(std::string_view key, std::uint64_t& out, range<std::uint64_t> range) {
    auto given = take_scalar(key);
    if (!given) return !is_wrong(key);
    auto value = parse_size(given->text);
    if (!value) {
        error(key, given->shown + " " + value.error().detail);
        return false;
    }
    if (*value < range.least || *value > range.most) {
        auto allowed = format_size(range.least) + " to " + format_size(range.most);
        error(key, given->shown + " is out of range; allowed: " + allowed);
        return false;
    }
    out = *value;
    return true;
}

bool section::percentage(std::string_view key, double& out) {
    auto given = take_scalar(key);
    if (!given) return !is_wrong(key);
    auto value = parse_percentage(given->text);
    if (!value) {
        error(key, given->shown + " " + value.error().detail);
        return false;
    }
    out = *value;
    return true;
}

std::optional<std::string> section::choice_text(
    std::string_view key, const std::vector<std::string_view>& allowed
) {
    auto given = take_scalar(key);
    if (!given) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), given->text) != allowed.end()) {
        return given->text;
    }
    auto near = suggestion(given->text, allowed);
    auto hint = near.empty() ? std::string() : ", did you mean " + std::string(near) + "?";
    error(key, given->shown + " is no choice here" + hint + "; allowed: " + listed(allowed));
    return std::nullopt;
}

static bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

std::optional<std::string> section::line_of(
    const node& value, const std::string& path, const text_rule& rule
) {
    auto& report = reading_->report;
    if (value.kind != node_kind::scalar) {
        report.error(value.at, path, wrong_kind(value, "a text"));
        return std::nullopt;
    }
    auto given = interpolated(value, path);
    if (!given) return std::nullopt;
    if (!is_valid_utf8(given->text) || has_control_characters(given->text)) {
        report.error(value.at, path, given->shown + " has control characters; allowed: one line");
        return std::nullopt;
    }
    if (rule) {
        if (auto wrong = rule(given->text)) {
            report.error(value.at, path, given->shown + " " + *wrong);
            return std::nullopt;
        }
    }
    return given->text;
}

bool section::text(std::string_view key, std::string& out, const text_rule& rule) {
    auto* value = find(key);
    if (!value) return true;
    auto line = line_of(*value, path(key), rule);
    if (!line) {
        wrong_.emplace(key);
        return false;
    }
    out = *line;
    return true;
}

bool section::texts(
    std::string_view key,
    std::vector<std::string>& out,
    std::string_view like,
    const text_rule& rule
) {
    auto* value = find(key);
    if (!value) return true;
    if (value->kind != node_kind::list) {
        error(key, wrong_kind(*value, "a list like " + std::string(like)));
        return false;
    }
    out.clear();
    bool good = true;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
        auto item_path = path(key) + "[" + std::to_string(i) + "]";
        auto line = line_of(value->items[i], item_path, rule);
        if (line) out.push_back(*line);
        good = good && line;
    }
    if (!good) wrong_.emplace(key);
    return good;
}

}  // namespace kustodrop::config
