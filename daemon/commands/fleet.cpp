#include "daemon/commands/fleet.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "config/clusters.hpp"
#include "daemon/commands/tables/query_session.hpp"
#include "daemon/fleet/fleet_hosts.hpp"
#include "daemon/fleet/fleet_table.hpp"
#include "daemon/program.hpp"
#include "daemon/service/target_questions.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace kustodrop::daemon {

int command_gen_fleet(const gen_fleet_options& options) {
    config::fleet_settings fleet;
    if (options.table.empty()) {
        // Printed where the daemon does not run: what is not set here does not matter.
        auto settings = print_problems(load_offline(options.config, {}));
        if (!settings) return bad_configuration;
        fleet = settings->fleet;
    } else {
        fleet.table = options.table;
    }
    std::fputs(fleet_commands(fleet).c_str(), stdout);
    return all_well;
}

static int report(const failure& problem, const config::fleet_settings& fleet) {
    if (is_unresolved(problem)) {
        std::fprintf(
            stderr,
            "%s.%s is not there or has other columns: run the commands that kustodrop gen-fleet "
            "prints\n",
            printable(fleet.database).c_str(),
            printable(fleet.table).c_str()
        );
        return bad_configuration;
    }
    std::fprintf(stderr, "%s\n", without_secrets(to_string(problem)).c_str());
    return exit_code_for(problem);
}

static constexpr auto looked_back = 24h * 30;

static asio::awaitable<int> print_fleet(
    connection& service, const config::settings& settings, clock& time, bool as_json
) {
    auto question = fleet_question(settings.fleet, time.wall_now() - looked_back);
    auto database = settings.fleet.database;
    auto executor = co_await asio::this_coro::executor;
    query_session session(service, executor);
    auto signed_in = co_await session.begin();
    result<kusto::dataset> answer = kusto::dataset();
    if (signed_in) {
        answer = co_await session.ask(std::move(database), std::move(question));
    } else {
        answer = signed_in.error();
    }
    co_await session.end();
    if (answer.has_error()) co_return report(answer.error(), settings.fleet);
    auto* table = answer->first();
    auto now = answer->served_at.value_or(time.wall_now());
    auto hosts = table ? fleet_hosts(*table, now) : std::vector<fleet_host>();
    auto text = as_json ? fleet_json(hosts) + "\n" : fleet_text(hosts);
    std::fputs(text.c_str(), stdout);
    auto is_healthy = [](auto& one) { return one.state == "healthy"; };
    co_return std::ranges::all_of(hosts, is_healthy) ? all_well : some_failed;
}

int command_fleet(const fleet_options& options) {
    auto settings = load_settings(options.config);
    if (!settings) return bad_configuration;
    if (settings->fleet.database.empty()) {
        std::fputs("there is no fleet table: fleet.database is empty; name its database\n", stderr);
        return bad_configuration;
    }
    program around(log_level::error, log_format::text);
    try {
        auto at = config::settings_at(*settings, settings->fleet.cluster);
        connection service(around.around(), at, config::process_environment());
        return around.run(print_fleet(service, *settings, around.time, options.json));
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return bad_configuration;
    }
}

}  // namespace kustodrop::daemon
