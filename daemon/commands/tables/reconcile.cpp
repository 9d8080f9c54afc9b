#include "daemon/commands/tables/reconcile.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "config/clusters.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/commands/recorded/moments.hpp"
#include "daemon/commands/recorded/named_watch.hpp"
#include "daemon/commands/tables/query_session.hpp"
#include "daemon/program.hpp"
#include "daemon/reconciling/journal_sums.hpp"
#include "daemon/reconciling/named_targets.hpp"
#include "daemon/reconciling/reconciliation_text.hpp"
#include "daemon/reconciling/row_sums.hpp"
#include "daemon/service/target_questions.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::size_t most_files = 1'000'000;

namespace {

using sums = std::vector<journal_sum>;

int refuse_time(const char* option, const std::string& text) {
    std::fprintf(
        stderr,
        "%s \"%s\" is not a time; use 1h, 7d, today, yesterday, 2026-11-27 or 2026-11-27T10:00\n",
        option,
        printable(text).c_str()
    );
    return bad_usage;
}

// Of a target that cannot be compared; of the others it says nothing.
bool is_of_one_target(const failure& refused) {
    return is_denied(refused) || is_unresolved(refused);
}

int report(const failure& refused, const kusto::target& where) {
    auto name = printable(where.name());
    if (is_denied(refused)) {
        std::fprintf(
            stderr,
            "not compared: %s may not be asked: the role Database Viewer on %s would allow it\n",
            name.c_str(),
            printable(where.database).c_str()
        );
        return daemon::refused;
    }
    if (is_unresolved(refused)) {
        std::fprintf(stderr, "not compared: %s does not exist any more\n", name.c_str());
        return bad_configuration;
    }
    std::fprintf(stderr, "%s\n", without_secrets(to_string(refused)).c_str());
    return exit_code_for(refused);
}

// The sums of one cluster.
class asked_rows {
public:
    asked_rows(query_session& session, const kusto::target& of_watch)
        : session_(session), of_watch_(of_watch) {}

    asio::awaitable<int> compare_all(sums recorded) {
        int code = all_well;
        for (auto& sum : recorded) {
            auto ended = co_await compare(std::move(sum));
            code = std::max(code, ended);
            if (answers_no_more_) co_return ended;
        }
        co_return code;
    }

    std::vector<reconciliation> found;

private:
    asio::awaitable<int> compare(journal_sum sum) {
        auto candidates = named_targets(of_watch_, sum);
        for (std::size_t i = 0;; ++i) {
            auto& where = candidates[i];
            auto question = rows_question(where, sum);
            auto answer = co_await session_.ask(where.database, std::move(question));
            if (answer) {
                take(where, std::move(sum), *answer);
                co_return all_well;
            }
            bool is_last = i + 1 == candidates.size();
            if (!is_last && is_unresolved(answer.error())) continue;
            answers_no_more_ = !is_of_one_target(answer.error());
            co_return report(answer.error(), where);
        }
    }

    void take(const kusto::target& where, journal_sum sum, const kusto::dataset& answer) {
        std::optional<duration> clock_ahead;
        if (answer.served_at) clock_ahead = *answer.served_at - real_clock().wall_now();
        found.push_back(reconcile(where, std::move(sum), groups_in(answer), clock_ahead));
    }

    query_session& session_;
    const kusto::target& of_watch_;
    bool answers_no_more_ = false;  // The cluster.
};

asio::awaitable<int> compare(
    connection& service,
    const kusto::target& of_watch,
    sums recorded,
    std::vector<reconciliation>& found
) {
    auto executor = co_await asio::this_coro::executor;
    query_session session(service, executor);
    asked_rows asked(session, of_watch);
    auto signed_in = co_await session.begin();
    int code = all_well;
    if (signed_in) {
        code = co_await asked.compare_all(std::move(recorded));
    } else {
        code = report(signed_in.error(), of_watch);
    }
    co_await session.end();
    std::ranges::move(asked.found, std::back_inserter(found));
    co_return code;
}

// What arrived at a cluster is compared with the tables there, wherever the watch ships to by now.
int compare_at(
    const std::string& cluster,
    const config::settings& settings,
    const kusto::target& of_watch,
    sums recorded,
    std::vector<reconciliation>& found
) {
    program around(log_level::error, log_format::text);
    try {
        auto at = config::settings_at(settings, cluster);
        connection service(around.around(), at, config::process_environment());
        return around.run(compare(service, of_watch, std::move(recorded), found));
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return bad_configuration;
    }
}

int report_unknown_cluster(const std::string& cluster, const sums& recorded) {
    for (auto& sum : recorded) {
        std::fprintf(
            stderr,
            "not compared: %s of %s at cluster \"%s\", which is not configured any more\n",
            counted(sum.sources.size(), "source").c_str(),
            printable(sum.target).c_str(),
            printable(cluster).c_str()
        );
    }
    return some_failed;
}

int compare_each(
    const config::settings& settings,
    const pipeline::watch_options& watch,
    sums recorded,
    bool as_json
) {
    std::map<std::string, sums> by_cluster;
    for (auto& sum : recorded) {
        assume_tags(sum, watch.target, static_cast<bool>(watch.route));
        by_cluster[sum.cluster].push_back(std::move(sum));
    }
    std::vector<reconciliation> found;
    int code = all_well;
    for (auto& [cluster, its] : by_cluster) {
        if (!config::find_cluster(settings, cluster)) {
            code = std::max(code, report_unknown_cluster(cluster, its));
            continue;
        }
        auto ended = compare_at(cluster, settings, watch.target, std::move(its), found);
        code = std::max(code, ended);
    }
    if (as_json) std::printf("%s\n", reconciliation_json(found).c_str());
    for (auto& one : found) {
        if (!as_json) std::fputs(reconciliation_text(one).c_str(), stdout);
    }
    bool are_equal = std::ranges::all_of(found, &reconciliation::is_equal);
    return are_equal ? code : std::max<int>(code, some_failed);
}

result<void> add_rows(
    const question_settings& asking, const spool::journal_query& query, json::array& to
) {
    auto rows = rows_of(asking, query);
    if (rows.has_error()) return rows.error();
    for (auto& row : *rows) to.push_back(std::move(row));
    return {};
}

// What the service said, and what it was assumed to have done; and all that was in hand meanwhile.
result<sums> read_sums(
    const question_settings& asking, spool::journal_query query, const std::string& cluster
) {
    json::array all;
    query.limit = most_files;
    for (auto outcome : {spool::outcome::succeeded, spool::outcome::presumed}) {
        query.outcome = outcome;
        if (auto done = add_rows(asking, query, all); !done) return done.error();
    }
    auto out = sums_of_journal(json::serialize(all), cluster);
    if (out.empty()) return {boost::system::in_place_value, std::move(out)};
    auto first = std::ranges::min(out, {}, &journal_sum::first_claimed).first_claimed;
    spool::journal_query around;
    around.watch = query.watch;
    around.limit = most_files;
    around.stage = "posted";
    json::array beside;
    if (auto done = add_rows(asking, around, beside); !done) return done.error();
    around.stage.reset();
    around.since = first - std::chrono::hours(1);
    if (auto done = add_rows(asking, around, beside); !done) return done.error();
    add_neighbours(out, json::serialize(beside), cluster);
    return {boost::system::in_place_value, std::move(out)};
}

}  // namespace

int command_reconcile(const reconcile_options& options) {
    auto settings = load_settings(options.config);
    if (!settings) return bad_configuration;
    auto name_of = [](auto& one) { return one.name; };
    auto watch = std::ranges::find(settings->watches, options.watch, name_of);
    if (watch == settings->watches.end()) {
        std::fprintf(stderr, "%s\n", unknown_watch(*settings, options.watch).c_str());
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
        if (*until <= *query.since) {
            std::fputs("--until is not after --since\n", stderr);
            return bad_usage;
        }
        query.after.changed_at_us = until->time_since_epoch().count();
    }
    question_settings asking{*settings, true};
    if (!options.socket.empty()) asking = load_for_questions(options.config, options.socket);
    auto recorded = read_sums(asking, std::move(query), watch->cluster);
    if (recorded.has_error()) {
        std::fprintf(stderr, "%s\n", to_string(recorded.error()).c_str());
        return journal_io;
    }
    if (recorded->empty()) {
        std::fputs("nothing has arrived in this time\n", stderr);
        if (options.json) std::puts("[]");
        return all_well;
    }
    return compare_each(*settings, *watch, std::move(*recorded), options.json);
}

}  // namespace kustodrop::daemon
