#pragma once

#include "async/recurring.hpp"
#include "async/task_group.hpp"
#include "config/settings.hpp"
#include "daemon/service/connection.hpp"
#include "pipeline/retiring/retirer.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/quarantine_retention.hpp"
#include "spool/folder/retention.hpp"
#include "spool/journal/journal.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace kustodrop::daemon {

struct retention_parts {
    const config::settings& settings;  // As they are at the time: a reload changes them.
    pipeline::watch_table& watches;
    pipeline::roster& sources;
    spool::journal& journal;
    worker_pool& pool;
    std::function<std::optional<wall_time>()> service_time;  // Nothing while it is not known.

    // Who looks into files of the archive that were written there; without it no one does.
    std::function<pipeline::retirer*(const std::string& watch)> retirer_of = {};

    // Whether something could not be written because a disk is full: archives are cleared at once.
    std::function<bool(const std::string& watch)> meets_full_disk = {};
};

/// Whether ages may be reckoned with this machine's clock: the service's time is known, and about
/// the same. A clock that is months ahead would have everything expire at once.
bool is_calendar_trusted(wall_time ours, std::optional<wall_time> of_service);

/// Deletes archived files, quarantined ones and journal records that are older, or more, than
/// `retention` allows.
/// Nothing expires by age while this machine's clock is not known to be about right, and nothing
/// that was written in the archive before it has been looked into.
class retention {
public:
    retention(surroundings around, retention_parts with);

    /// Works until cancelled. Spawn once.
    asio::awaitable<void> run();

private:
    void clear_archives();
    void clear_full_disks();
    asio::awaitable<void> clear_archive(std::string watch);
    asio::awaitable<void> rest_until(time_point end);
    asio::awaitable<void> recount(std::string watch);
    asio::awaitable<void> clear_quarantine(std::string watch);
    asio::awaitable<void> count_quarantined(std::string watch);
    double moved_files(const std::string& watch) const;
    bool may_expire() const;
    void report(const std::string& watch, const result<spool::retention_report>& cleared);
    void report_deleted(const std::string& watch, const result<spool::quarantine_report>& cleared);

    surroundings around_;
    retention_parts with_;
    recurring failures_{{1h, 256}};
    recurring quarantine_failures_{{1h, 256}};
    std::map<std::string, double> counted_at_;  // moved_files() when quarantine was counted.
    // Watches whose archive is being cleared. What hangs there may outlive this.
    std::shared_ptr<std::set<std::string>> at_work_ = std::make_shared<std::set<std::string>>();
    task_group clearing_;
};

}  // namespace kustodrop::daemon
