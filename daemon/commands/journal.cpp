#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/recorded/byte_ranges.hpp"
#include "daemon/commands/recorded/file_pattern.hpp"
#include "daemon/commands/recorded/journal_export.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/commands/recorded/moments.hpp"
#include "daemon/commands/recorded/named_watch.hpp"
#include "daemon/commands/recorded/summary.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/output.hpp"

#include <boost/json.hpp>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::size_t files_of_name = 20;
static constexpr std::size_t files_a_page = 1000;

static failure unusable(std::string what) {
    return {errc::not_allowed, remedy::give_up, std::move(what)};
}

static result<wall_time> moment_of(const char* option, const std::string& text, wall_time now) {
    auto at = parse_moment(text, now);
    if (at && *at < wall_time()) {
        return unusable(
            std::string(option) + " \"" + printable(text) +
            "\" is before 1970; leave it out to ask for everything"
        );
    }
    if (at) return *at;
    return unusable(
        std::string(option) + " \"" + printable(text) +
        "\" is not a time; use 1h, 7d, today, yesterday, 2026-11-27 or 2026-11-27T10:00"
    );
}

namespace {

struct asked {
    spool::journal_query query;
    std::string otherwise = {};  // Another glob, where the first one finds nothing.
};

}  // namespace

static result<asked> query_of(const journal_options& options, const config::settings& settings) {
    asked out;
    auto& query = out.query;
    auto now = real_clock().wall_now();
    if (!options.since.empty()) {
        auto since = moment_of("--since", options.since, now);
        if (since.has_error()) return since.error();
        query.since = *since;
    }
    if (!options.until.empty()) {
        auto until = moment_of("--until", options.until, now);
        if (until.has_error()) return until.error();
        if (query.since && *until <= *query.since) return unusable("--until is not after --since");
        query.after.changed_at_us = until->time_since_epoch().count();
    }
    if (!options.outcome.empty()) query.outcome = spool::parse_outcome(options.outcome);
    if (!options.watch.empty()) query.watch = options.watch;
    if (!options.source.empty()) query.source_id = options.source;
    if (!options.file.empty()) {
        auto pattern = file_pattern_of(settings, options.file, options.watch, is_file_there);
        if (pattern.has_error()) return pattern.error();
        if (!pattern->watch.empty()) query.watch = pattern->watch;
        query.file_glob = pattern->glob;
        out.otherwise = std::move(pattern->otherwise);
    }
    // One more than is shown says whether there is more.
    query.limit = static_cast<std::size_t>(options.limit) + 1;
    return {boost::system::in_place_value, std::move(out)};
}

static result<json::array> rows_asked(const question_settings& asking, asked& what) {
    auto rows = rows_of(asking, what.query);
    if (rows.has_error() || !rows->empty() || what.otherwise.empty()) return rows;
    what.query.file_glob = what.otherwise;
    return rows_of(asking, what.query);
}

static int report_failure(const failure& problem) {
    std::fprintf(stderr, "%s\n", to_string(problem).c_str());
    if (problem.code == errc::no_daemon) return bad_configuration;
    return problem.code == errc::not_allowed ? refused : journal_io;
}

static int refuse_usage(const failure& problem) {
    std::fprintf(stderr, "%s\n", problem.message().c_str());
    return bad_usage;
}

static int show_ranges(const journal_options& options, const question_settings& asking) {
    if (!options.file.starts_with('/')) {
        return refuse_usage(unusable("--ranges and --at need the log: --file PATH, from / on"));
    }
    auto query = query_of(options, asking.settings);
    if (query.has_error()) return refuse_usage(query.error());
    struct ::stat facts = {};
    bool answers = answers_in_time([&] { ::stat(options.file.c_str(), &facts); });
    auto path = std::filesystem::path(options.file).lexically_normal().string();
    for (auto& watch : asking.settings.watches) {
        if (query->query.watch != watch.name) continue;
        query->query.file_glob = path.substr(watch.path.size() + 1);  // The name of a log.
    }
    auto found = recorded_logs(asking, std::move(query->query), answers ? options.file : "");
    if (found.has_error()) return report_failure(found.error());
    auto logs = std::move(*found);
    if (options.at >= 0) logs = only_at(logs, static_cast<std::uint64_t>(options.at));
    if (options.json) {
        std::printf("%s\n", ranges_json(logs).c_str());
    } else if (logs.empty()) {
        std::puts("not recorded: not read yet, or its record was forgotten");
    } else {
        std::fputs(ranges_text(logs).c_str(), stdout);
    }
    return all_well;
}

static int copy_whole(const question_settings& asking, const std::string& file) {
    auto copied = export_journal(asking, file);
    if (copied.has_error()) return report_failure(copied.error());
    std::printf("%s: a copy of the journal, %s bytes\n", file.c_str(), copied->c_str());
    return all_well;
}

static result<journal_summary> summary_of(
    const question_settings& asking, spool::journal_query query
) {
    journal_summary out;
    query.limit = files_a_page;
    for (;;) {
        auto rows = rows_of(asking, query);
        if (rows.has_error()) return rows.error();
        out.take(*rows);
        if (rows->size() < files_a_page) break;
        auto& last = rows->back().as_object();
        auto id = std::string(last.at("source_id").as_string());
        query.after = {last.at("changed_at_us").as_int64(), std::move(id)};
    }
    return {boost::system::in_place_value, std::move(out)};
}

static int show_summary(const journal_options& options, const question_settings& asking) {
    auto what = query_of(options, asking.settings);
    if (what.has_error()) return refuse_usage(what.error());
    auto made = summary_of(asking, what->query);
    if (made.has_value() && made->is_empty() && !what->otherwise.empty()) {
        what->query.file_glob = what->otherwise;
        made = summary_of(asking, what->query);
    }
    if (made.has_error()) return report_failure(made.error());
    auto text = options.json ? made->to_json() : made->to_text();
    std::fputs(text.c_str(), stdout);
    return all_well;
}

// Watches that were configured once are in the journal only.
static bool is_unknown(const std::string& watch, const question_settings& asking) {
    bool may_be = !watch.empty() && asking.is_whole && !has_watch(asking.settings, watch);
    if (!may_be) return false;
    spool::journal_query query;
    query.watch = watch;
    query.limit = 1;
    auto rows = rows_of(asking, query, missing_journal::is_normal);
    return rows && rows->empty();
}

int command_journal(const journal_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    // Nothing is the right answer, also to a program that asks; a person may have mistyped it.
    if (is_unknown(options.watch, asking)) {
        static constexpr auto what = "is neither a configured watch nor in the journal";
        auto note = unknown_watch(asking.settings, options.watch, what);
        std::fprintf(stderr, "%s\n", note.c_str());
    }
    if (!options.copy_to.empty()) return copy_whole(asking, options.copy_to);
    if (options.ranges || options.at >= 0) return show_ranges(options, asking);
    if (options.summary) return show_summary(options, asking);
    auto query = query_of(options, asking.settings);
    if (query.has_error()) return refuse_usage(query.error());
    auto rows = rows_asked(asking, *query);
    if (rows.has_error()) return report_failure(rows.error());
    auto most = static_cast<std::size_t>(options.limit);
    bool is_cut = rows->size() > most;
    if (is_cut) rows->resize(most);
    auto of_name = [&](std::string watch, std::string name) {
        spool::journal_query one;
        one.watch = std::move(watch);
        one.file_glob = as_pattern(name);
        one.limit = files_of_name;
        auto found = rows_of(asking, one);
        return json::serialize(found.has_value() ? *found : json::array());
    };
    auto linked = with_successors(json::serialize(*rows), of_name);
    if (options.json) {
        std::printf("%s\n", linked.c_str());
    } else {
        put_text(journal_text(linked));
    }
    if (is_cut) {
        std::fprintf(
            stderr,
            "cut off: there are more than the newest %s; use --limit or --since\n",
            counted(rows->size(), "file").c_str()
        );
    }
    return all_well;
}

}  // namespace kustodrop::daemon
