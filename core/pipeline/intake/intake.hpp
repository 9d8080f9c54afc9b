#pragma once

#include "async/event.hpp"
#include "pipeline/intake/claiming.hpp"
#include "pipeline/intake/cutting/rechecking.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/intake/joining.hpp"
#include "pipeline/intake/life.hpp"
#include "pipeline/intake/opening/backlog.hpp"
#include "pipeline/intake/opening/opening.hpp"
#include "pipeline/intake/resuming.hpp"
#include "pipeline/intake/watching/watching.hpp"
#include "pipeline/intake/watching/work_check.hpp"
#include "pipeline/recovery.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/hung_folder.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "pipeline/watcher.hpp"
#include "spool/folder/scanning.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Watches one drop folder and claims what is complete. While there is no room, files wait in the
/// folder, where they are safe. What it decides stands in `life`, `schedule` and `observed_files`;
/// this class performs it. Large because what a reload, a shutdown and inotify ask of it are calls
/// of their own.
class intake final : public watcher {
public:
    intake(
        asio::any_io_executor executor,
        watch& from,
        intake_parts parts,
        intake_options options,
        routing& next
    );

    /// Opens and locks the folder and resumes what an earlier run left in it. Fails with
    /// "folder_locked" if another daemon has the folder, and with "folder_absent" and the like;
    /// run() keeps trying then.
    asio::awaitable<result<void>> open() override;

    /// For a watch that is added to a running daemon: run() does what open() does.
    void begin() override;

    /// Claims until cancelled or closed.
    asio::awaitable<void> run() override;

    /// Claims no more; run() ends.
    void close() override;

    /// Claims what lies in the folder without waiting until it has settled, for no one writes any
    /// more; then run() ends.
    void finish() override;
    bool has_ended() const override { return life_.has_ended(); }

    /// Obeys other options from its next turn on; of another folder, or another way to claim, when
    /// all that was claimed is retired.
    void change(watch_options wanted) override;

    /// Claims no more, and closes the folder when all that was claimed is retired. change() brings
    /// it back.
    void leave() override;
    bool is_leaving() const override { return life_.is_leaving(); }
    bool has_left() const override { return life_.has_left(); }

    /// An event of the process's inotify instance, if its watch number belongs to this intake.
    void hint(const spool::folder_event& event) override;
    bool owns(int watch_number) const override { return files_.owns(watch_number); }
    void lost_events() override;  ///< The queue overflowed: scan everything.

    /// A claimed file is not what it was: it is looked at again when it has settled.
    void look_again(const spool::source& what) override;

    std::string mode() const override { return files_.polls() ? "poll" : "inotify"; }
    std::size_t settling() const override { return files_.settling(); }
    bool is_low_on_space() const override { return files_.is_low_on_space(); }
    std::size_t waiting_in_folder() const override { return files_.waiting_in_folder(); }
    std::optional<time_point> waiting_since() const override { return files_.waiting_since(); }
    std::vector<notice> notices() const override;
    const std::optional<failure>& absence() const override { return absence_; }
    bool is_stuck() const override;

private:
    asio::awaitable<result<void>> try_open();
    asio::awaitable<result<opened_folder>> take_folder();
    asio::awaitable<result<void>> open_and_resume();
    void drain_former_folder();
    void load_kept();
    void leave_ranges(const backlog::cut_sources& of_logs);
    asio::awaitable<void> resume(const folder_facts& where, found_work& work);
    asio::awaitable<void> check_work();
    asio::awaitable<void> turn();
    asio::awaitable<void> work_on_files();
    void apply(life::transition due);
    bool is_over() const;
    schedule::reasons reasons() const;

    watch& watch_;
    intake_parts with_;
    intake_options options_;
    routing& next_;
    life life_;
    watching files_;
    joiner joiner_;
    claimer claimer_;
    rechecker rechecks_;
    work_check work_;
    event woken_;
    std::optional<time_point> busy_since_;  // Opening the folder, or taking a turn.
    folder_question asked_ = folder_question::what_is_in_it;  // Meanwhile.
    std::optional<failure> absence_;              // Why the folder is not open, logged once.
    std::optional<spool::folder_record> before_;  // The folder that the files were claimed in.
    std::optional<notice> cut_before_;            // Ranges of logs that are not shipped.
    bool former_is_deleted_ = false;              // The one that was open before.
};

}  // namespace kustodrop::pipeline
