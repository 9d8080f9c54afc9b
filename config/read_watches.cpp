#include "base/glob.hpp"
#include "base/text.hpp"
#include "config/quantities.hpp"
#include "config/read.hpp"
#include "config/watch_rules.hpp"
#include "kusto/creation_time.hpp"

#include <array>

namespace kustodrop::config {

static std::optional<std::string> folder_problem(const std::string& path) {
    if (path.empty()) return "is empty; allowed: an absolute path";
    if (auto problem = path_problem(path)) return problem;
    if (normal_path(path) == "/") return "is the whole file system; allowed: a folder of its own";
    for (auto part : split(path, '/')) {
        if (part == ".kustodrop")
            return "is one of kustodrop's own folders; allowed: a drop folder";
    }
    return std::nullopt;
}

static std::optional<std::string> name_problem(const std::string& name) {
    static constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static constexpr std::size_t longest = 64;
    bool good = !name.empty() && name.size() <= longest &&
                name.find_first_not_of(allowed) == std::string::npos;
    if (good) return std::nullopt;
    return "is no name; allowed: 1 to 64 of a-z, 0-9 and -";
}

// Databases, tables, mappings and tags are the service's to judge; what is here is never right.
static std::optional<std::string> entity_problem(const std::string& name) {
    if (name.empty()) return "is empty; allowed: a name";
    if (name.size() > 1024) return "is too long; allowed: 1024 bytes";
    if (trimmed(name) != name) return "has blanks around it; allowed: the name alone";
    return std::nullopt;
}

static std::optional<std::string> optional_entity_problem(const std::string& name) {
    return name.empty() ? std::nullopt : entity_problem(name);
}

static std::optional<std::string> glob_rule(const std::string& pattern) {
    return spool::glob_problem(pattern);
}

static std::optional<std::string> creation_time_rule(const std::string& pattern) {
    if (pattern.empty()) return std::nullopt;
    auto parsed = spool::creation_time_pattern::parse(pattern);
    return parsed ? std::nullopt : std::optional(parsed.error().detail);
}

std::string name_from_path(std::string_view path) {
    std::string out;
    for (char c : to_lower(path.substr(path.rfind('/') + 1))) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) {
            out += c;
        } else if (!out.empty() && out.back() != '-') {
            out += '-';
        }
    }
    out = out.substr(0, 64);
    while (out.ends_with('-')) out.pop_back();
    return out.empty() ? "watch" : out;
}

std::optional<std::string> property_problem(std::string_view name, bool has_mapping_reference) {
    struct reserved {
        std::string_view name;
        std::string_view instead;
    };
    static constexpr auto ours = std::to_array<reserved>({
        {"authorizationContext", "it is the service's identity token"},
        {"format", "use the watch's format"},
        {"tags", "use the watch's tags"},
        {"ingestIfNotExists", "use the watch's deduplicate"},
        {"ingestionMappingReference", "use the watch's ingestion_mapping_reference"},
        {"mappingReference", "use the watch's ingestion_mapping_reference"},
        {"csvMappingReference", "use the watch's ingestion_mapping_reference"},
        {"jsonMappingReference", "use the watch's ingestion_mapping_reference"},
        {"avroMappingReference", "use the watch's ingestion_mapping_reference"},
        {"ignoreFirstRecord", "use the watch's ignore_first_record"},
        {"creationTime", "use the watch's creation_time_pattern"},
    });
    for (auto& property : ours) {
        if (!equals_ignoring_case(property.name, name)) continue;
        return "is set by kustodrop itself; " + std::string(property.instead);
    }
    bool mapping = equals_ignoring_case(name, "ingestionMapping") ||
                   equals_ignoring_case(name, "ingestionMappingType");
    if (mapping && has_mapping_reference) {
        return "contradicts ingestion_mapping_reference; allowed: one of them";
    }
    return std::nullopt;
}

static void read_properties(section& watch, watch_options& out) {
    auto properties = watch.map("additional_properties");
    bool has_reference = !out.target.mapping_reference.empty();
    properties.each_text([&](std::string_view name, const scalar& value) {
        if (auto wrong = property_problem(name, has_reference)) {
            properties.error(name, *wrong);
        } else {
            out.target.additional_properties[std::string(name)] = value.text;
        }
    });
}

static void read_coalesce(section coalesce, pipeline::coalesce_options& out) {
    coalesce.number("max_files", out.max_files, {1, 100'000});
    coalesce.size("max_bytes", out.max_bytes, {1ULL << 10, 4ULL << 30});
    coalesce.time("max_age", out.max_age, {100ms, 24h});
    coalesce.finish();
}

static void warn_of_idle_coalesce(section& watch, const watch_options& out) {
    bool joins = kusto::is_tabular(out.target.format) ||
                 out.target.format == kusto::data_format::txt ||
                 out.target.format == kusto::data_format::json;
    bool cannot = !joins || out.target.format == kusto::data_format::tsve;
    if (out.coalesce.max_files <= 1 || !cannot || !watch.is_given("format")) return;
    watch.warn(
        "coalesce",
        "has no effect on " + std::string(kusto::to_string(out.target.format)) +
            "; files can be joined in csv, tsv, scsv, sohsv, psv, txt and json"
    );
}

static std::optional<std::string> marker_problem(std::string_view text) {
    if (text.empty()) return std::nullopt;
    bool bad = text.find('/') != std::string_view::npos || text.size() > 64;
    if (bad) return "is no ending of a name; allowed: an ending like \".ok\", without a slash";
    return std::nullopt;
}

static void read_place(section& watch, watch_options& out) {
    watch.text("name", out.name, name_problem);
    watch.text("path", out.path, folder_problem);
    watch.require("path", "the folder to watch");
    if (!out.path.empty()) out.path = normal_path(out.path);
    bool unnamed = !watch.is_given("name") && !out.path.empty();
    if (unnamed) out.name = name_from_path(out.path);
    watch.texts("include", out.include, "[\"*.json\"]", glob_rule);
    if (out.include.empty() && !watch.is_wrong("include")) {
        watch.error("include", "is an empty list, nothing would be shipped; allowed: patterns");
    }
    watch.texts("exclude", out.exclude, "[\"*.part\"]", glob_rule);
    watch.flag("recursive", out.recursive);
    watch.choice("watch_mode", out.mode, watch_modes);
    watch.time("stable_for", out.stable_for, {100ms, 24h});
    watch.text("done_marker", out.done_marker, marker_problem);
    watch.choice("claim", out.claim, claim_modes);
}

static void read_target(section& watch, watch_options& out) {
    watch.text("database", out.target.database, entity_problem);
    watch.require("database", "the database to ingest into");
    watch.text("table", out.target.table, entity_problem);
    watch.require("table", "the table to ingest into");
    bool format = watch.choice("format", out.target.format, data_formats());
    watch.require("format", "the format of the files, like csv or json");
    watch.text(
        "ingestion_mapping_reference", out.target.mapping_reference, optional_entity_problem
    );
    watch.flag("ignore_first_record", out.target.ignore_first_record);
    if (out.target.ignore_first_record && format && watch.is_given("format") &&
        !kusto::is_tabular(out.target.format)) {
        watch.warn(
            "ignore_first_record",
            "has no effect on " + std::string(kusto::to_string(out.target.format)) +
                "; it is for formats of lines and columns, like csv"
        );
    }
    watch.texts("tags", out.target.tags, "[\"drop-by:today\"]", entity_problem);
    watch.text("creation_time_pattern", out.target.creation_time_pattern, creation_time_rule);
    read_properties(watch, out);
    watch.choice("deduplicate", out.target.deduplicate, deduplications);
    watch.time("batching_time", out.target.batching_time, {100ms, 24h});
    if (out.target.deduplicate) {
        watch.warn(
            "deduplicate",
            "tags makes the service ingest every blob in a batch of its own, which is slow and "
            "dear for small files"
        );
    }
}

static void read_consequences(section& watch, watch_options& out) {
    watch.choice("on_success", out.on_success, success_actions);
    watch.choice("on_failure", out.on_failure, failure_actions);
    watch.choice("on_unconfirmed", out.on_unconfirmed, unconfirmed_actions);
    watch.choice("act_after", out.act_after, act_times);
    watch.number("max_pending", out.max_pending_files, {1, 100'000'000});
    read_coalesce(watch.map("coalesce"), out.coalesce);
    warn_of_idle_coalesce(watch, out);
}

void read_watches(section& root, settings& out) {
    auto sections = root.maps("watches");
    root.require("watches", "a list of at least one watch");
    if (sections.empty() && root.is_given("watches") && !root.is_wrong("watches")) {
        root.error("watches", "is an empty list; allowed: at least one watch");
    }
    for (auto& section : sections) {
        auto& watch = out.watches.emplace_back();
        read_place(section, watch);
        read_target(section, watch);
        read_consequences(section, watch);
        section.finish();
    }
    auto state_directory = root.is_wrong("state_directory") ? "" : out.state_directory;
    check_watches(sections, out, state_directory);
}

}  // namespace kustodrop::config
