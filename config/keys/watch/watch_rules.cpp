#include "config/keys/watch/watch_rules.hpp"

#include "config/clusters.hpp"
#include "config/keys/watch/route_keys.hpp"
#include "config/keys/watch/streaming_rules.hpp"
#include "config/keys/watch/watch_texts.hpp"
#include "config/reading/paths.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace kustodrop::config {

using pipeline::target;

static void check_target(section& watch, const target& out) {
    bool format = watch.is_given("format") && !watch.is_wrong("format");
    if (out.ignore_first_record && format && !kusto::is_tabular(out.format)) {
        watch.warn(
            "ignore_first_record",
            "has no effect on " + std::string(kusto::to_string(out.format)) +
                "; use it with formats of lines and columns, like csv"
        );
    }
    if (!out.deduplicate) return;
    watch.warn(
        "deduplicate",
        "tags makes the service ingest every blob in a batch of its own, which is slow and "
        "expensive for small files"
    );
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
            "; use csv, tsv, scsv, sohsv, psv, txt and json"
    );
}

// What is done with finished files, and has no meaning for logs.
static constexpr std::array<std::string_view, 6> keys_of_drop{
    "claim", "done_marker", "stable_for", "coalesce", "ignore_first_record", "act_after"};

static bool has_records(kusto::data_format format) {
    using kusto::data_format;
    bool is_whole = format == data_format::multijson || format == data_format::w3clogfile ||
                    format == data_format::raw;
    return kusto::is_compressible(format) && !is_whole;
}

static void check_rows(section& watch, const watch_options& out) {
    auto& follow = out.follow;
    bool has_starts = follow.records.kind == spool::record_kind::starts_with;
    if (follow.columns.empty() && !watch.is_wrong("columns")) {
        if (follow.records.kind != spool::record_kind::lines) {
            watch.error("records", "has no effect without columns; say what a row holds");
        }
    }
    if (has_starts && follow.records.starts.empty() && !watch.is_wrong("record_starts") &&
        !watch.is_wrong("records")) {
        watch.error("records", "is starts_with, which needs record_starts");
    }
    if (!has_starts && !follow.records.starts.empty()) {
        watch.error("record_starts", "has no effect; use it with records: starts_with");
    }
    if (follow.columns.empty() || !watch.is_given("format") || watch.is_wrong("format")) return;
    bool is_json = out.target.format == kusto::data_format::json;
    if (!is_json && out.target.format != kusto::data_format::csv) {
        watch.error("columns", "makes rows of csv or json; use one of them as format");
    }
    for (auto& text : follow.columns) {
        if (!is_json || !text.starts_with('=')) continue;
        watch.error("columns", quoted(text) + " has no name; with format json use \"NAME=TEXT\"");
    }
}

// Nothing is moved or deleted in a folder of logs.
static void check_follow(section& watch, watch_options& out) {
    for (auto name : keys_of_drop) {
        if (!watch.is_given(name)) continue;
        watch.error(name, "has no meaning with mode follow; leave it out");
    }
    if (!out.target.creation_time_pattern.empty()) {
        watch.error(
            "creation_time_pattern", "has no meaning with mode follow: logs keep their names"
        );
    }
    if (watch.is_given("on_success") && out.on_success != pipeline::success_action::keep) {
        watch.error("on_success", "is not keep; with mode follow logs stay where they are");
    }
    if (watch.is_given("on_unconfirmed") &&
        out.on_unconfirmed == pipeline::unconfirmed_action::archive) {
        watch.error("on_unconfirmed", "is archive; with mode follow logs stay where they are");
    }
    bool known_format = watch.is_given("format") && !watch.is_wrong("format");
    if (known_format && !has_records(out.target.format)) {
        watch.error(
            "format",
            std::string(kusto::to_string(out.target.format)) +
                " cannot be cut at the ends of lines; with mode follow use json, txt, or csv and "
                "its relatives"
        );
    }
    if (out.follow.max_record_bytes > out.follow.cut.max_bytes) {
        watch.error("max_record", "is more than cut.max_bytes; use less, or larger blobs");
    }
    check_rows(watch, out);
    out.on_success = pipeline::success_action::keep;
}

static constexpr std::array<std::string_view, 11> keys_of_follow{
    "start",
    "rotated",
    "record_wait",
    "max_record",
    "max_logs",
    "records",
    "record_starts",
    "columns",
    "cut",
    "hold",
    "spill"};

bool has_meaning(const watch_options& watch, std::string_view key) {
    if (watch.kind == pipeline::watch_kind::follow) {
        return std::ranges::find(keys_of_drop, key) == keys_of_drop.end();
    }
    return std::ranges::find(keys_of_follow, key) == keys_of_follow.end();
}

static void check_drop(section& watch, const watch_options& out) {
    if (out.follow == pipeline::follow_options()) return;
    for (auto name : keys_of_follow) {
        if (watch.is_given(name)) watch.warn(name, "has no effect without mode: follow");
    }
}

void check_watch(section& from, watch_options& out) {
    bool unnamed = !from.is_given("name") && !out.path.empty();
    if (unnamed) out.name = name_from_path(out.path);
    from.require("path", "the folder to watch");
    from.require("database", "the database to ingest into");
    from.require("table", "the table to ingest into");
    from.require("format", "the format of the files, like csv or json");
    if (out.include.empty() && !from.is_wrong("include")) {
        from.error("include", "is an empty list, nothing would be shipped; use patterns");
    }
    check_target(from, out.target);
    check_route(from, out);
    check_streaming(from, out);
    warn_of_idle_coalesce(from, out);
    if (out.kind == pipeline::watch_kind::follow) {
        check_follow(from, out);
    } else {
        check_drop(from, out);
    }
}

// A watch beside the section it was read from.
struct read_watch {
    section& from;
    const watch_options& values;
};

// The earlier watch, with its place if that is in another file.
static std::string named(read_watch it, read_watch earlier, std::string_view key) {
    auto& from = earlier.from;
    auto& file = from.context().report.file();
    if (file == it.from.context().report.file()) return from.path();
    auto at = from.at(key);
    return from.path() + " in " + file + ":" + std::to_string(at.line) + ":" +
           std::to_string(at.column);
}

static void check_name(read_watch it, read_watch earlier) {
    bool comparable = !it.values.name.empty() && !it.from.is_wrong("name");
    if (!comparable || it.values.name != earlier.values.name) return;
    if (it.from.is_given("name")) {
        it.from.error(
            "name",
            quoted(it.values.name) + " is the name of " + named(it, earlier, "name") +
                " too; use a name of its own"
        );
    } else {
        it.from.error(
            "name",
            "is missing, and " + quoted(it.values.name) + ", taken from the path, is the name of " +
                named(it, earlier, "name") + " too; give it one"
        );
    }
}

static void check_overlap(read_watch it, read_watch earlier) {
    auto& mine = it.values.path;
    auto& other = earlier.values.path;
    if (it.from.is_wrong("path") || mine.empty() || other.empty()) return;
    auto whose = named(it, earlier, "path");
    if (mine == other) {
        it.from.error("path", "is the path of " + whose + " too; use one watch for a folder");
    } else if (is_within(mine, other)) {
        it.from.error("path", "lies inside the path of " + whose + "; use separate folders");
    } else if (is_within(other, mine)) {
        it.from.error("path", "contains the path of " + whose + "; use separate folders");
    }
}

static void check_state_directory(read_watch it, const std::string& state_directory) {
    auto& path = it.values.path;
    if (it.from.is_wrong("path") || path.empty() || state_directory.empty()) return;
    if (is_within(path, state_directory)) {
        it.from.error("path", "lies inside state_directory; use a folder outside of it");
    } else if (is_within(state_directory, path)) {
        it.from.error("path", "contains state_directory; use a folder without it");
    }
}

static void check_act_after(read_watch it, pipeline::report_level level) {
    bool contradicts =
        level == pipeline::report_level::none && it.values.act_after == pipeline::act_time::outcome;
    if (!contradicts || it.from.is_wrong("act_after")) return;
    it.from.error(
        "act_after", "outcome never comes while notifications.report_level is none; use posted"
    );
}

void check_watches(
    std::vector<section>& sections, const settings& settings, const std::string& state_directory
) {
    for (std::size_t i = 0; i < settings.watches.size(); ++i) {
        read_watch it{sections[i], settings.watches[i]};
        for (std::size_t j = 0; j < i; ++j) {
            read_watch earlier{sections[j], settings.watches[j]};
            check_name(it, earlier);
            check_overlap(it, earlier);
        }
        check_state_directory(it, state_directory);
        check_act_after(it, settings.notifications.reports);
        auto* cluster = find_cluster(settings, it.values.cluster);
        if (cluster) check_streaming_endpoint(it.from, it.values, *cluster);
    }
}

}  // namespace kustodrop::config
