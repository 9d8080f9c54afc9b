#include "pipeline/targets/target_route.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "pipeline/targets/target_template.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::size_t longest_entity = 1024;
static constexpr std::size_t fixed_fields = 4;  // Of a destination; then come the tags.

static bool is_plain(std::string_view value) {
    static constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ";
    bool has_name = value.find_first_not_of(". ") != std::string_view::npos;
    return has_name && value.find_first_not_of(allowed) == std::string_view::npos &&
           trimmed(value) == value;
}

static bool is_glob(std::string_view text) {
    return text.find_first_of("*?[\\") != std::string_view::npos;
}

bool is_allowed(std::string_view value, const std::vector<std::string>& list) {
    bool may_match_globs = is_plain(value);
    return std::ranges::any_of(list, [&](auto& one) {
        if (!is_glob(one)) return value == one;
        return may_match_globs && spool::glob_matches(one, value);
    });
}

target_route::target_route(const route_options& options, kusto::target rules)
    : options_(options), rules_(std::move(rules)) {
    auto parsed = route_pattern::parse(options.pattern);
    if (parsed) pattern_ = std::move(*parsed);
}

std::optional<route_refusal> target_route::refusal_of(const captures& values) const {
    for (auto& [name, list] : options_.allow) {
        auto found = values.find(name);
        if (found == values.end() || is_allowed(found->second, list)) continue;
        return route_refusal{
            "not_allowed",
            name,
            found->second,
            "{" + name + "} is \"" + printable(found->second) +
                "\", which allow does not name: the file stays in the folder"};
    }
    return std::nullopt;
}

static kusto::target filled_target(const kusto::target& rules, const captures& values) {
    auto out = rules;
    out.database = filled_in(rules.database, values);
    out.table = filled_in(rules.table, values);
    out.mapping_reference = filled_in(rules.mapping_reference, values);
    for (auto& tag : out.tags) tag = filled_in(tag, values);
    out.creation_time_pattern = filled_in_quotes(rules.creation_time_pattern, values);
    return out;
}

std::variant<kusto::target, route_refusal> target_route::decide(std::string_view relative_path
) const {
    auto values = pattern_ ? pattern_->match(relative_path) : std::nullopt;
    if (!values) {
        return route_refusal{
            "no_route",
            "",
            "",
            "its path is not one that route describes: the file stays in the folder"};
    }
    if (auto refused = refusal_of(*values)) return *refused;
    for (auto& one : routed_texts(rules_)) {
        auto named = captures_in(one.text);
        // What the configuration would have refused is never sent anywhere.
        bool is_good = named && std::ranges::all_of(*named, [&](auto& name) {
                           return values->contains(name) && options_.allow.contains(name);
                       });
        if (!is_good) {
            return route_refusal{
                "not_allowed", "", "", std::string(one.key) + " has no allow-list"};
        }
    }
    auto out = filled_target(rules_, *values);
    for (auto& one : routed_texts(out)) {
        if (one.text.size() <= longest_entity) continue;
        return route_refusal{
            "not_allowed",
            "",
            "",
            std::string(one.key) +
                " would be longer than 1024 bytes: the file stays in the folder"};
    }
    return out;
}

std::vector<kusto::target> listed_targets(
    const route_options& options, const kusto::target& rules, std::size_t most
) {
    std::vector<captures> all(1);
    for (auto& one : routed_texts(rules)) {
        auto named = captures_in(one.text);
        if (named.has_error()) return {};
        for (auto& name : *named) {
            auto list = options.allow.find(name);
            if (list == options.allow.end()) return {};
            if (all.front().contains(name)) continue;
            if (std::ranges::any_of(list->second, is_glob)) return {};
            if (list->second.empty() || all.size() * list->second.size() > most) return {};
            std::vector<captures> next;
            for (auto& before : all) {
                for (auto& value : list->second) {
                    next.push_back(before);
                    next.back().emplace(name, value);
                }
            }
            all = std::move(next);
        }
    }
    std::vector<kusto::target> out;
    for (auto& values : all) out.push_back(filled_target(rules, values));
    return out;
}

std::string destination_of(const kusto::target& where) {
    std::string out;
    for (auto text :
         {&where.database, &where.table, &where.mapping_reference, &where.creation_time_pattern}) {
        out += "/" + percent_encode(*text);
    }
    for (auto& tag : where.tags) out += "/" + percent_encode(tag);
    return out;
}

std::optional<kusto::target> target_of(std::string_view destination, const kusto::target& rules) {
    if (!is_destination(destination)) return std::nullopt;
    auto fields = split(destination.substr(1), '/');
    if (fields.size() < fixed_fields) return std::nullopt;
    std::vector<std::string> texts;
    for (auto field : fields) {
        auto text = percent_decode(field);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    if (texts[0].empty() || texts[1].empty()) return std::nullopt;
    auto out = rules;
    out.database = std::move(texts[0]);
    out.table = std::move(texts[1]);
    out.mapping_reference = std::move(texts[2]);
    out.creation_time_pattern = std::move(texts[3]);
    out.tags.assign(
        std::make_move_iterator(texts.begin() + fixed_fields), std::make_move_iterator(texts.end())
    );
    return out;
}

std::string shown_target(const std::string& recorded) {
    auto routed = target_of(recorded, {});
    return routed ? routed->name() : recorded;
}

}  // namespace kustodrop::pipeline
