#include "config/keys/watch/log_forms.hpp"

#include "config/keys/make_key.hpp"
#include "config/keys/watch/watch_texts.hpp"

#include <algorithm>

namespace kustodrop::config {

using spool::rotated_names;

static constexpr std::string_view of_starts = "starts_with";

static bool is_a(section& from, std::string_view key, node_kind kind) {
    auto* value = from.take(key);
    return value && value->kind == kind;
}

// By such a pattern no log would be live.
static std::optional<std::string> rotated_problem(const std::string& pattern) {
    if (auto wrong = pattern_problem(pattern)) return wrong;
    bool is_every_name = pattern.find_first_not_of("*/") == std::string::npos;
    if (is_every_name) return "is every name; use what only rotated logs are called";
    return std::nullopt;
}

void rotated_form::describe(key_facts& out) const {
    out.form = form::choice;
    out.choices = {"auto", "off"};
    out.or_texts = true;
}

bool rotated_form::read(section& from, std::string_view key, rotated_names& out) const {
    if (is_a(from, key, node_kind::list)) {
        list_rule patterns{"[\"app.log.*\"]", rotated_problem};
        out.by = rotated_names::way::listed;
        return read_texts(from, key, out.patterns, patterns);
    }
    auto given = read_choice(from, key, {"auto", "off"}, "a list of patterns");
    if (!given) return !from.is_wrong(key);
    out.by = *given == "off" ? rotated_names::way::off : rotated_names::way::automatic;
    return true;
}

std::string rotated_form::show(const rotated_names& value) const {
    if (value.by == rotated_names::way::listed) return yaml_texts(value.patterns);
    return value.by == rotated_names::way::off ? "off" : "auto";
}

std::optional<std::string> start_problem(const std::string& text) {
    if (text.find_first_not_of('*') != std::string::npos) return std::nullopt;
    return "is the beginning of every line; use what only the first line of a record has";
}

static const choice_form record_kind_form{record_kinds};

void records_form::describe(key_facts& out) const {
    record_kind_form.describe(out);
    out.or_map_of = of_starts;
}

static bool read_starts(section& map, std::vector<std::string>& out) {
    if (is_a(map, of_starts, node_kind::list)) {
        return read_texts(map, of_starts, out, {"[\"####-##-##\"]", start_problem});
    }
    std::string text;
    if (!read_text(map, of_starts, text, start_problem)) return false;
    out = {text};
    return true;
}

// `config show` prints both.
static bool is_said_alike(section& from, const std::vector<std::string>& starts) {
    auto* beside = from.take("record_starts");
    if (!beside) return true;
    auto alike = [](const node& item, const std::string& text) { return item.text == text; };
    return std::ranges::equal(beside->items, starts, alike);
}

bool records_form::read(section& from, std::string_view key, spool::record_rules& out) const {
    if (!is_a(from, key, node_kind::map)) return record_kind_form.read(from, key, out.kind);
    auto map = from.map(key);
    if (!map.is_given(of_starts)) {
        auto kinds = listed(record_kind_form.names());
        from.error(
            key, "is a map without starts_with; use one of " + kinds + ", or {starts_with: TEXT}"
        );
        return false;
    }
    bool good = read_starts(map, out.starts);
    map.finish();
    if (good && !is_said_alike(from, out.starts)) {
        from.error("record_starts", "is not what records says too; use one of them");
    }
    out.kind = spool::record_kind::starts_with;
    if (!good) from.mark_wrong(key);
    return good;
}

std::string records_form::show(const spool::record_rules& value) const {
    if (value.starts.empty()) return record_kind_form.show(value.kind);
    return "{" + std::string(of_starts) + ": " + yaml_texts(value.starts) + "}";
}

}  // namespace kustodrop::config
