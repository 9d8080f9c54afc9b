#include "daemon/commands/tables/reconcile.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/commands/checking/target_questions.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/commands/recorded/moments.hpp"
#include "daemon/commands/tables/query_session.hpp"
#include "daemon/program.hpp"
#include "daemon/reconciling/row_sums.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::size_t most_files = 1'000'000;

namespace {

using sums = std::map<std::string, journal_sum>;

int refuse_time(const char* option, const std::string& text) {
    std::fprintf(
        stderr,
        "%s \"%s\" is not a time; use 1h, 7d, today, yesterday, 2026-11-27 or 2026-11-27T10:00\n",
        option,
        printable(text).c_str()
    );
    return bad_usage;
}

int report(const failure& refused, const kusto::target& where) {
    if (is_denied(refused)) {
        std::fprintf(
            stderr,
            "%s may not be asked: the role Database Viewer on %s would allow it\n",
            printable(where.name()).c_str(),
            printable(where.database).c_str()
        );
        return daemon::refused;
    }
    std::fprintf(stderr, "%s\n", without_secrets(to_string(refused)).c_str());
    // A query that names what there is not is a semantic error.
    bool is_unresolved = refused.message().find("Failed to resolve") != std::string::npos;
    bool is_unknown = is_absent(refused) || is_unresolved;
    return is_unknown ? bad_configuration : exit_code_for(refused);
}

// Where a watch has a route, the journal names the targets.
kusto::target target_named(const pipeline::watch_options& watch, const std::string& name) {
    auto out = watch.target;
    auto dot = name.find('.');
    if (name == out.name() || dot == std::string::npos) return out;
    out.database = name.substr(0, dot);
    out.table = name.substr(dot + 1);
    return out;
}

class asked_rows {
public:
    asked_rows(query_session& session, const pipeline::watch_options& watch)
        : session_(session), watch_(watch) {}

    asio::awaitable<int> compare_all(sums recorded) {
        for (auto& [name, sum] : recorded) {
            auto where = target_named(watch_, name);
            auto how = way_for(where, sum);
            auto question = rows_question(where, sum, how);
            auto answer = co_await session_.ask(where.database, std::move(question));
            if (answer.has_error()) co_return report(answer.error(), where);
            found.push_back(reconcile(where, sum, how, groups_in(*answer)));
        }
        co_return all_well;
    }

    std::vector<reconciliation> found;

private:
    query_session& session_;
    const pipeline::watch_options& watch_;
};

asio::awaitable<int> compare(
    connection& service, const pipeline::watch_options& watch, sums recorded, bool as_json
) {
    auto executor = co_await asio::this_coro::executor;
    query_session session(service, executor);
    asked_rows asked(session, watch);
    auto signed_in = co_await session.begin();
    int code = all_well;
    if (signed_in) {
        code = co_await asked.compare_all(std::move(recorded));
    } else {
        code = report(signed_in.error(), watch.target);
    }
    co_await session.end();
    if (code != all_well) co_return code;
    if (as_json) std::printf("%s\n", reconciliation_json(asked.found).c_str());
    for (auto& one : asked.found) {
        if (!as_json) std::fputs(reconciliation_text(one).c_str(), stdout);
    }
    bool are_equal = std::ranges::all_of(asked.found, &reconciliation::is_equal);
    co_return are_equal ? all_well : some_failed;
}

// What the service said, and what it was assumed to have done.
result<sums> read_sums(const question_settings& asking, spool::journal_query query) {
    json::array all;
    query.limit = most_files;
    for (auto outcome : {spool::outcome::succeeded, spool::outcome::presumed}) {
        query.outcome = outcome;
        auto rows = rows_of(asking, query);
        if (rows.has_error()) return rows.error();
        for (auto& row : *rows) all.push_back(std::move(row));
    }
    return {boost::system::in_place_value, sums_of_journal(json::serialize(all))};
}

}  // namespace

int command_reconcile(const reconcile_options& options) {
    auto settings = load_settings(options.config);
    if (!settings) return bad_configuration;
    auto name_of = [](auto& one) { return one.name; };
    auto watch = std::ranges::find(settings->watches, options.watch, name_of);
    if (watch == settings->watches.end()) {
        std::fprintf(stderr, "no watch is called %s\n", printable(options.watch).c_str());
        return bad_usage;
    }
    spool::journal_query query;
    auto now = real_clock().wall_now();
    query.watch = options.watch;
    query.since = parse_moment(options.since, now);
    if (!query.since) return refuse_time("--since", options.since);
    if (!options.until.empty()) {
        auto until = parse_moment(options.until, now);
        if (!until) return refuse_time("--until", options.until);
        query.after.changed_at_us = until->time_since_epoch().count();
    }
    question_settings asking{*settings, true};
    if (!options.socket.empty()) asking = load_for_questions(options.config, options.socket);
    auto recorded = read_sums(asking, std::move(query));
    if (recorded.has_error()) {
        std::fprintf(stderr, "%s\n", to_string(recorded.error()).c_str());
        return journal_io;
    }
    if (recorded->empty()) {
        std::fputs("nothing has arrived in this time\n", stderr);
        if (options.json) std::puts("[]");
        return all_well;
    }
    program around(log_level::error, log_format::text);
    try {
        connection service(around.around(), *settings, config::process_environment());
        return around.run(compare(service, *watch, std::move(*recorded), options.json));
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return bad_configuration;
    }
}

}  // namespace kustodrop::daemon
