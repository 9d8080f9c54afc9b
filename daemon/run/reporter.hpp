#pragma once

#include "config/settings.hpp"
#include "daemon/admin/history.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/service/connections.hpp"
#include "pipeline/engine.hpp"

#include <functional>
#include <string>

namespace kustodrop::daemon {

struct reporter_parts {
    connections& services;
    pipeline::engine& shipping;
    spool::journal& journal;
    std::string state_directory;                  // It is in there.
    std::function<std::string()> config_problem;  // Why the last reload was refused, or empty.
    std::function<bool()> stopping;
    std::function<std::string()> fleet_trouble;  // As of the fleet lane.
};

/// Reports how the daemon is: to the admin server, the service manager, the log and the history.
class reporter {
public:
    reporter(surroundings around, reporter_parts with);

    status_report status();
    const history& samples() const { return history_; }

    /// Brings every gauge up to date that is read off the parts.
    void measure();

    /// Reports at intervals until cancelled. Spawn once.
    asio::awaitable<void> run();

    /// Answers the service manager's watchdog while the journal makes progress, until cancelled.
    asio::awaitable<void> feed_watchdog(duration patience);

private:
    watch_status status_of(
        const std::string& name, pipeline::watch& watch, pipeline::watcher& from
    );
    cluster_status status_of_cluster(std::size_t index);
    void count_since_start(watch_status& watch) const;

    surroundings around_;
    reporter_parts with_;
    history history_;
    wall_time started_at_;
};

}  // namespace kustodrop::daemon
