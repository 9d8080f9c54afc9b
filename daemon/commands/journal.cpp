#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace kustodrop::daemon {

static spool::journal_query query_of(const journal_options& options) {
    spool::journal_query query;
    real_clock time;
    if (options.since) {
        auto ago = std::chrono::duration_cast<std::chrono::microseconds>(*options.since);
        query.since = time.wall_now() - ago;
    }
    if (!options.outcome.empty()) query.outcome = spool::parse_outcome(options.outcome);
    if (!options.watch.empty()) query.watch = options.watch;
    if (!options.file.empty()) query.file_glob = options.file;
    if (!options.source.empty()) query.source_id = options.source;
    query.limit = options.limit;
    return query;
}

// The daemon has the journal to itself while it runs; without one it is read directly.
static result<std::string> rows_of(
    const config::settings& settings, const spool::journal_query& query
) {
    auto answer = ask_daemon(settings.admin.listen, "/journal?" + journal_query_text(query));
    if (answer || answer.error().code != errc::no_daemon) return answer;
    auto path = settings.state_directory + "/journal.db";
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
        std::fprintf(stderr, "nothing has been recorded yet: there is no %s\n", path.c_str());
        return {boost::system::in_place_value, "[]"};
    }
    auto rows = spool::read_journal(path, query);
    if (rows.has_error()) return rows.error();
    return {boost::system::in_place_value, journal_json(*rows)};
}

int command_journal(const journal_options& options) {
    auto settings = load_settings_without_secrets(options.config);
    if (!settings) return bad_configuration;
    auto rows = rows_of(*settings, query_of(options));
    if (rows.has_error()) {
        auto problem = rows.error();
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : journal_io;
    }
    auto text = options.json ? *rows + "\n" : journal_text(*rows);
    std::fputs(text.c_str(), stdout);
    return all_well;
}

}  // namespace kustodrop::daemon
