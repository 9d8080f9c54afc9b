#include "base/text.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/commands/byte_ranges.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/file_pattern.hpp"
#include "daemon/commands/moments.hpp"
#include "daemon/program.hpp"

#include <boost/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::size_t files_of_name = 20;
static constexpr std::size_t most_ranges = 1'000'000;
static constexpr std::size_t files_a_page = 1000;  // As many as the daemon hands out at once.

static failure unusable(std::string what) {
    return {errc::not_allowed, remedy::give_up, std::move(what)};
}

static result<wall_time> moment_of(const char* option, const std::string& text, wall_time now) {
    if (auto at = parse_moment(text, now)) return *at;
    return unusable(
        std::string(option) + " \"" + printable(text) +
        "\" is not a time; use 1h, 7d, today, yesterday, 2026-11-27 or 2026-11-27T10:00"
    );
}

static result<spool::journal_query> query_of(
    const journal_options& options, const config::settings& settings
) {
    spool::journal_query query;
    auto now = real_clock().wall_now();
    if (!options.since.empty()) {
        auto since = moment_of("--since", options.since, now);
        if (since.has_error()) return since.error();
        query.since = *since;
    }
    if (!options.until.empty()) {
        auto until = moment_of("--until", options.until, now);
        if (until.has_error()) return until.error();
        query.after.changed_at_us = until->time_since_epoch().count();
    }
    if (!options.outcome.empty()) query.outcome = spool::parse_outcome(options.outcome);
    if (!options.watch.empty()) query.watch = options.watch;
    if (!options.source.empty()) query.source_id = options.source;
    if (!options.file.empty()) {
        auto pattern = file_pattern_of(settings, options.file, options.watch);
        if (pattern.has_error()) return pattern.error();
        if (!pattern->watch.empty()) query.watch = pattern->watch;
        query.file_glob = pattern->glob;
    }
    // One more than is shown says whether there is more.
    query.limit = static_cast<std::size_t>(options.limit) + 1;
    return {boost::system::in_place_value, std::move(query)};
}

// The daemon has the journal to itself while it runs, and hands it out in pages.
static result<json::array> rows_of_daemon(const std::string& socket, spool::journal_query query) {
    json::array all;
    auto wanted = query.limit;
    for (;;) {
        query.limit = std::min(wanted - all.size(), files_a_page);
        auto answer = ask_daemon(socket, "/journal?" + journal_query_text(query));
        if (answer.has_error()) return answer.error();
        auto page = json::parse(*answer).as_array();
        bool is_last = page.size() < query.limit;
        for (auto& row : page) all.push_back(std::move(row));
        if (is_last || all.size() >= wanted) break;
        auto& last = all.back().as_object();
        // Many rows share a millisecond: the text of the time would leave some out.
        auto id = std::string(last.at("source_id").as_string());
        query.after = {last.at("changed_at_us").as_int64(), std::move(id)};
    }
    return {boost::system::in_place_value, std::move(all)};
}

// Where the journal lies is uncertain while the configuration is broken.
static result<json::array> rows_of(
    const question_settings& asking, const spool::journal_query& query
) {
    auto& settings = asking.settings;
    auto answer = rows_of_daemon(settings.admin.listen, query);
    bool is_absent = answer.has_error() && answer.error().code == errc::no_daemon;
    if (!is_absent || !asking.is_whole) return answer;
    auto path = settings.state_directory + "/journal.db";
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
        std::fprintf(stderr, "nothing has been recorded yet: there is no %s\n", path.c_str());
        return {boost::system::in_place_value, json::array()};
    }
    auto rows = spool::read_journal(path, query);
    if (rows.has_error()) return rows.error();
    return {boost::system::in_place_value, json::parse(journal_json(*rows)).as_array()};
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

// Its names have the live one in front: what was rotated was cut under that.
static std::string family_pattern(const std::string& name) {
    auto base = name.find_last_of('/') + 1;  // 0 where there is no folder.
    auto end = name.find(".log", base);
    if (end != std::string::npos) return as_pattern(name.substr(0, end)) + "*";
    return as_pattern(name) + "*";
}

static int show_ranges(const journal_options& options, const question_settings& asking) {
    if (!options.file.starts_with('/')) {
        return refuse_usage(unusable("--ranges and --at need the log: --file PATH, from / on"));
    }
    auto query = query_of(options, asking.settings);
    if (query.has_error()) return refuse_usage(query.error());
    auto name = *query->file_glob;
    query->file_glob = family_pattern(name);
    query->limit = most_ranges;
    auto rows = rows_of(asking, *query);
    if (rows.has_error()) return report_failure(rows.error());
    struct ::stat facts = {};
    auto inode = ::stat(options.file.c_str(), &facts) == 0 ? std::uint64_t(facts.st_ino) : 0;
    auto logs = logs_of(logs_in(json::serialize(*rows)), printable(name), inode);
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

int command_journal(const journal_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    if (options.ranges || options.at >= 0) return show_ranges(options, asking);
    auto query = query_of(options, asking.settings);
    if (query.has_error()) return refuse_usage(query.error());
    auto rows = rows_of(asking, *query);
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
    auto text = options.json ? linked + "\n" : journal_text(linked);
    std::fputs(text.c_str(), stdout);
    if (is_cut) {
        std::fprintf(
            stderr,
            "cut off: the newest %zu files are shown, and there are more; use --limit or --since\n",
            rows->size()
        );
    }
    return all_well;
}

}  // namespace kustodrop::daemon
