#pragma once

#include "daemon/admin/status_report.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "simulation/logs/log_audit.hpp"
#include "simulation/logs/log_folder.hpp"
#include "simulation/logs/log_ledger.hpp"
#include "simulation/logs/rotated_log.hpp"
#include "simulation/totals.hpp"

#include <memory>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// A folder of logs beside the drop folder, which a watch of the daemon follows: its applications
/// and rotators, and the ledger of what they have written.
///
/// What this model does not hold: inodes that are used again and times of birth that are equal, as
/// a file system in memory has none (tests/resilience/follow_kill_test.py runs on one that has);
/// power cuts, so that no log is cut short; runtime envelopes, columns and entries of several
/// lines; links, folders below the watch's, reloads, and another name of the watch. Nothing is
/// asked of what was written before the journal was lost, nor of a log with copies after that. T8
/// and T10 are tested elsewhere, and of T7 only the room for what is spilled is.
class log_world {
public:
    log_world(universe& world, const std::string& root);

    static constexpr auto watch_name = "app";
    const pipeline::watch_options& options() const { return options_; }
    log_ledger& book() { return book_; }

    void begin(time_point end);
    /// Whether the daemon is at work now.
    void note_daemon(bool is_at_work);
    /// Nothing that was seen by now has to be known any more; where no positions are kept beside
    /// the journal not even that the watch was followed before.
    void journal_lost(const std::string& state_directory);
    void died() { folder_.close_held(); }
    void disk_was_full();
    void take_folder_away();
    void bring_folder_back();

    /// No faults from now on: what has begun ends, and later a record more is written.
    void calm_down();
    bool at_rest(const daemon::status_report& status) const;
    void check_bounds(const daemon::status_report& status);

    /// Everything has come to rest, and the daemon has ended.
    void settle_accounts(const std::string& journal, const ledger& posts);
    void add_to(totals& all) const;

private:
    pipeline::watch_options draw_options(const std::string& root);
    duration grace() const;

    universe& world_;
    pipeline::watch_options options_;
    log_ledger book_;
    log_folder folder_;
    std::vector<std::unique_ptr<rotated_log>> logs_;
    log_audit audit_;
    time_point opened_at_{};  // The folder that was away, or the disk that was full, is in use.
    bool is_done_ = false;
};

}  // namespace kustodrop::simulation
