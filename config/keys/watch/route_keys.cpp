#include "config/keys/watch/route_keys.hpp"

#include "base/glob.hpp"
#include "config/keys/make_key.hpp"
#include "config/reading/suggest.hpp"
#include "pipeline/targets/target_template.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace kustodrop::config {

using pipeline::route_options;
using pipeline::route_pattern;

static std::optional<std::string> route_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto parsed = route_pattern::parse(text);
    return parsed ? std::nullopt : std::optional(parsed.error().detail);
}

static std::optional<std::string> allowed_problem(const std::string& text) {
    if (text.empty()) return "is empty; use a name or a pattern";
    if (text.find('/') != std::string::npos) {
        return "has a /, and a capture is one part of a path; use a name or a pattern without it";
    }
    return spool::glob_problem(text);
}

static void read_allow(section& watch, watch_options& out) {
    auto lists = watch.map("allow");
    for (auto name : lists.free_keys()) {
        std::vector<std::string> values;
        bool is_read = read_texts(lists, name, values, {"[contoso, \"web-*\"]", allowed_problem});
        if (is_read && values.empty()) {
            lists.error(name, "is an empty list, nothing would be shipped; use names or patterns");
        }
        if (!is_read || values.empty()) {
            watch.mark_wrong("allow");
            continue;
        }
        out.route.allow[std::string(name)] = std::move(values);
    }
}

static std::string show_allow(const watch_options& from) {
    std::string out;
    for (auto& [name, values] : from.route.allow) {
        out += (out.empty() ? "" : ", ") + yaml_text(name) + ": " + yaml_texts(values);
    }
    return "{" + out + "}";
}

std::vector<key<watch_options>> route_keys() {
    auto allow = make_special_key<watch_options>(
        "allow",
        at(&watch_options::route, &route_options::allow),
        read_allow,
        "What the parts of the path may be, for each {name} of route a list of names or patterns: "
        "{tenant: [contoso, \"fab-*\"]}. Required for each that the target uses. A pattern lets "
        "ASCII letters, digits, . _ - and blanks through. What is not allowed stays in the folder."
    );
    allow = shown_by<watch_options>(std::move(allow), show_allow);
    allow.facts.form = form::texts_map;
    allow.facts.default_value = "{}";
    return {
        make_key<watch_options>(
            "route",
            at(&watch_options::route, &route_options::pattern),
            text_form{route_problem},
            "Names parts of the path below the folder, for use as {name} in database, table, "
            "ingestion_mapping_reference, tags and creation_time_pattern: "
            "\"{tenant}/{table}/**\", \"{tenant}/{table}_*.csv\". Folders below are watched then. "
            "Empty: the watch has one target."
        ),
        std::move(allow)};
}

static std::string in_braces(std::string_view name) { return "{" + std::string(name) + "}"; }

static std::string all_in_braces(const std::vector<std::string>& names) {
    std::string out;
    for (auto& name : names) out += (out.empty() ? "" : ", ") + in_braces(name);
    return out;
}

// "{tenat}, which route does not name; did you mean {tenant}? Use {tenant}, {table}"
static std::string unknown(std::string_view name, const std::vector<std::string>& names) {
    auto near = suggestion(name, {names.begin(), names.end()});
    auto meant = near.empty() ? std::string() : in_braces(near);
    return in_braces(name) + ", which route does not name" + advice(meant, all_in_braces(names));
}

static bool has_brace(std::string_view text) {
    return text.find_first_of("{}") != std::string_view::npos;
}

// Without a route a brace is a brace; but no database, table or mapping has one in its name.
static void check_unrouted(section& watch, const watch_options& out) {
    if (!out.route.allow.empty()) {
        watch.error("allow", "has no effect without route; give route: \"{tenant}/**\"");
    }
    for (auto& one : pipeline::routed_texts(out.target)) {
        bool is_entity = one.key != "tags" && one.key != "creation_time_pattern";
        if (!is_entity || !has_brace(one.text) || watch.is_wrong(one.key)) continue;
        watch.error(one.key, "has a capture, and there is no route to name it; give route");
    }
}

static void check_routed_text(
    section& watch,
    const pipeline::routed_text& one,
    const watch_options& out,
    const std::vector<std::string>& names
) {
    auto named = pipeline::captures_in(one.text);
    if (named.has_error()) return watch.error(one.key, named.error().detail);
    for (auto& name : *named) {
        if (std::ranges::count(names, name) == 0) {
            return watch.error(one.key, "has " + unknown(name, names));
        }
        if (out.route.allow.contains(name) || watch.is_wrong("allow")) continue;
        return watch.error(
            one.key,
            "has " + in_braces(name) + ", which has no allow-list; give allow: {" + name +
                ": [NAME, \"PATTERN*\"]}"
        );
    }
}

static void check_routed(section& watch, watch_options& out) {
    auto parsed = route_pattern::parse(out.route.pattern);
    if (parsed.has_error()) return;
    auto& names = parsed->names();
    bool uses_any = false;
    for (auto& one : pipeline::routed_texts(out.target)) {
        uses_any = uses_any || has_brace(one.text);
        if (!watch.is_wrong(one.key)) check_routed_text(watch, one, out, names);
    }
    if (!uses_any && out.route.allow.empty()) {
        watch.warn("route", "has no effect: no key of the target uses " + all_in_braces(names));
    }
    for (auto& [name, list] : out.route.allow) {
        if (std::ranges::count(names, name) > 0) continue;
        watch.error("allow", "has a list for " + unknown(name, names));
    }
    if (out.kind == pipeline::watch_kind::follow) {
        watch.error("route", "has no meaning with mode follow; use a watch for each target");
    }
    if (!parsed->is_deep()) return;
    if (watch.is_given("recursive") && !watch.is_wrong("recursive") && !out.recursive) {
        watch.error("recursive", "is false, and route names folders below; leave it out");
    }
    out.recursive = true;
}

void check_route(section& watch, watch_options& out) {
    if (watch.is_wrong("route")) return;
    if (out.route) {
        check_routed(watch, out);
    } else {
        check_unrouted(watch, out);
    }
}

}  // namespace kustodrop::config
