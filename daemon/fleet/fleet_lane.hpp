#pragma once

#include "async/event.hpp"
#include "async/offload.hpp"
#include "async/recurring.hpp"
#include "config/settings.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/fleet/fleet_pace.hpp"
#include "daemon/service/connection.hpp"
#include "spool/journal/journal.hpp"

#include <functional>
#include <optional>
#include <string>

namespace kustodrop::daemon {

struct fleet_parts {
    const config::settings& settings;  // As they are at the time: a reload changes them.
    connection& service;
    spool::journal& journal;
    worker_pool& pool;
    std::function<status_report()> status;
};

/// Sends rows about this daemon to the fleet table, one blob at a time. They are not a source:
/// neither roster nor journal knows them, and no outcome is asked for. Rows are made when there is
/// a place for them, so that nothing waits in memory while the service cannot be reached: outcomes
/// wait in the journal, and of what would have been said meanwhile only the latest is. Nothing is
/// sent either to a table that does not exist, where the cluster lets itself be asked for it.
class fleet_lane {
public:
    fleet_lane(surroundings around, fleet_parts with);

    /// Reports until cancelled. Spawn once. Asks for nothing while `fleet.database` is empty.
    asio::awaitable<void> run();

    /// The configuration has changed.
    void change();

    /// What is wrong with the table, so that it gets no rows until a person acts; empty: nothing
    /// that is known, or there is none.
    std::string trouble() const;

    /// Sets the metric that says the same.
    void measure();

private:
    struct report {
        std::string text;
        wall_time until{};  // Outcomes are in it up to this time.
    };

    bool is_on() const { return !with_.settings.fleet.database.empty(); }

    asio::awaitable<void> remember();
    asio::awaitable<result<void>> look();
    asio::awaitable<void> send_one();
    asio::awaitable<result<wall_time>> send();
    asio::awaitable<report> make();
    asio::awaitable<result<file_rows>> read_sources(std::string host, outcome_span span);
    asio::awaitable<result<void>> post(kusto::ingestion_request request);
    asio::awaitable<result<void>> post_in_queue(kusto::ingestion_request request);
    void settle(const result<wall_time>& sent);
    std::string place() const {
        return with_.settings.fleet.database + "." + with_.settings.fleet.table;
    }
    std::string mark_path() const { return with_.settings.state_directory + "/fleet.mark"; }

    surroundings around_;
    fleet_parts with_;
    event changed_;
    std::optional<fleet_pace> pace_;
    std::optional<wall_time> reported_;  // Outcomes until then are in the table.
    std::optional<time_point> looked_;   // The table was found then.
    std::optional<failure> trouble_;     // Since the last report that arrived.
    std::string troubled_;               // The table that it is about.
    recurring failures_{{10min, 16}};
};

}  // namespace kustodrop::daemon
