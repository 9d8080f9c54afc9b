#include "config/reading/values.hpp"

#include "base/text.hpp"
#include "config/reading/quantities.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>

namespace kustodrop::config {

bool read_flag(section& from, std::string_view key, bool& out) {
    auto given = from.take_scalar(key);
    if (!given) return !from.is_wrong(key);
    if (given->text == "true" || given->text == "false") {
        out = given->text == "true";
        return true;
    }
    from.error(key, given->shown + " is not a valid boolean; use true or false");
    return false;
}

// Takes a scalar through `parse` and compares it with the range that `show` writes out.
template <class T, class Parse, class Show>
static bool read_ranged(
    section& from, std::string_view key, T& out, range<T> allowed, Parse parse, Show show
) {
    auto given = from.take_scalar(key);
    if (!given) return !from.is_wrong(key);
    auto value = parse(given->text);
    if (!value) {
        from.error(key, given->shown + " " + value.error().detail);
        return false;
    }
    if (*value < allowed.least || *value > allowed.most) {
        auto use = show(allowed.least) + " to " + show(allowed.most);
        from.error(key, given->shown + " is out of range; use " + use);
        return false;
    }
    out = *value;
    return true;
}

// What YAML 1.1 reads as octal is refused.
static result<std::uint64_t> parse_number(std::string_view text) {
    bool is_padded = text.size() > 1 && text.front() == '0';
    auto value = parse_whole_number(text);
    if (!value || !is_padded) return value;
    auto meant = std::to_string(*value);
    return failure{
        errc::not_allowed, remedy::reconfigure, "begins with a zero; did you mean " + meant + "?"};
}

static std::string show_number(std::uint64_t value) { return std::to_string(value); }

bool read_number(
    section& from, std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed
) {
    return read_ranged(from, key, out, allowed, parse_number, show_number);
}

bool read_duration(section& from, std::string_view key, duration& out, range<duration> allowed) {
    return read_ranged(from, key, out, allowed, parse_duration, format_duration);
}

bool read_size(
    section& from, std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed
) {
    return read_ranged(from, key, out, allowed, parse_size, format_size);
}

bool read_percentage(section& from, std::string_view key, double& out) {
    return read_ranged(from, key, out, {0.0, 100.0}, parse_percentage, format_percentage);
}

std::optional<std::string> read_choice(
    section& from,
    std::string_view key,
    const std::vector<std::string_view>& names,
    std::string_view or_else
) {
    auto given = from.take_scalar(key);
    if (!given) return std::nullopt;
    if (std::find(names.begin(), names.end(), given->text) != names.end()) return given->text;
    auto near = suggestion(given->text, names);
    auto use = "one of " + listed(names) + (or_else.empty() ? "" : ", or " + std::string(or_else));
    from.error(key, given->shown + " is not a valid " + std::string(key) + advice(near, use));
    return std::nullopt;
}

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

// One line of text of the key's value; reported under `path` if it is something else.
static std::optional<std::string> line_of(
    section& from,
    std::string_view key,
    const node& value,
    const std::string& path,
    const text_rule& rule
) {
    if (value.kind != node_kind::scalar) {
        from.error_in(key, value.at, path, wrong_kind(value, "a text"));
        return std::nullopt;
    }
    auto given = from.resolve(value, path);
    if (!given) {
        from.mark_wrong(key);
        return std::nullopt;
    }
    if (!is_valid_utf8(given->text) || has_control_characters(given->text)) {
        from.error_in(key, value.at, path, given->shown + " has control characters; use one line");
        return std::nullopt;
    }
    auto wrong = rule ? rule(given->text) : std::nullopt;
    if (wrong) {
        from.error_in(key, value.at, path, given->shown + " " + *wrong);
        return std::nullopt;
    }
    return given->text;
}

bool read_text(section& from, std::string_view key, std::string& out, const text_rule& rule) {
    auto* value = from.take(key);
    if (!value) return true;
    auto line = line_of(from, key, *value, from.path(key), rule);
    if (line) out = *line;
    return line.has_value();
}

bool read_texts(
    section& from, std::string_view key, std::vector<std::string>& out, const list_rule& rule
) {
    auto* value = from.take(key);
    if (!value) return true;
    if (value->kind != node_kind::list) {
        from.error(key, wrong_kind(*value, "a list like " + std::string(rule.like)));
        return false;
    }
    out.clear();
    bool good = true;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
        auto path = from.path(key) + "[" + std::to_string(i) + "]";
        auto line = line_of(from, key, value->items[i], path, rule.item);
        if (line) out.push_back(*line);
        good = good && line;
    }
    return good;
}

}  // namespace kustodrop::config
