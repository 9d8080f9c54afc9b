#pragma once

#include "async/event.hpp"
#include "pipeline/following/cut_admission.hpp"
#include "pipeline/following/cutter.hpp"
#include "pipeline/following/doubtful_cuts.hpp"
#include "pipeline/following/log_measures.hpp"
#include "pipeline/following/log_reports.hpp"
#include "pipeline/following/settled_positions.hpp"
#include "pipeline/following/spilling/spilling.hpp"
#include "pipeline/following/unposted_cuts.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/intake/life.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "pipeline/watcher.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/following/looking/follower_lock.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Follows the logs of one folder, where it writes nothing, and cuts what is added to them into
/// sources; a cut and the new positions of its logs are recorded together. While earlier cuts are
/// not posted, bytes wait in the logs. What it decides stands in `log_book`, `cutter` and `life`;
/// this class performs it. Large because what a reload and a shutdown ask of it are calls of their
/// own.
class follower final : public watcher {
public:
    follower(
        asio::any_io_executor executor,
        watch& from,
        intake_parts parts,
        intake_options options,
        routing& next
    );

    asio::awaitable<result<void>> open() override;
    void begin() override;
    asio::awaitable<void> run() override;
    void close() override;
    void finish() override;
    bool has_ended() const override { return life_.has_ended(); }
    void change(watch_options wanted) override;
    void leave() override;
    bool is_leaving() const override { return life_.is_leaving(); }
    bool has_left() const override { return life_.has_left(); }

    // Events say little of files that are written all the time: the folder is looked at instead.
    void hint(const spool::folder_event&) override {}
    bool owns(int) const override { return false; }
    void lost_events() override {}

    void look_again(const spool::source& what) override;

    std::string mode() const override { return "follow"; }
    std::size_t settling() const override { return 0; }
    bool is_low_on_space() const override { return false; }
    std::size_t waiting_in_folder() const override { return cutter_.waiting_logs(); }
    const std::optional<failure>& absence() const override { return absence_; }
    std::vector<notice> notices() const override;
    bool is_stuck() const override;
    std::optional<time_point> waiting_since() const override { return cutter_.behind_since(); }
    std::optional<log_figures> figures() const override;

private:
    asio::awaitable<result<void>> try_open();
    asio::awaitable<void> turn();
    asio::awaitable<bool> look();
    asio::awaitable<void> cut();
    void apply(life::transition due);
    void forget_folder();
    asio::awaitable<void> cut_rest();
    bool has_rest() const;
    void resume();
    void adopt_state();
    void note_look(const spool::folder_look& seen);
    void record_changes();
    void end_quiet_logs();
    bool is_over() const;

    watch& watch_;
    intake_parts with_;
    intake_options options_;
    routing& next_;
    life life_;
    cutter cutter_;
    log_reports reports_;
    log_measures counted_;
    unposted_cuts unposted_;
    doubtful_cuts doubtful_;
    settled_positions positions_;
    cut_admission admission_;
    spilling spilling_;
    std::vector<spool::departing_log> departing_;  // At the last look.
    std::shared_ptr<spool::followed_logs> logs_;   // Null until the folder was opened once.
    spool::follower_lock lock_;                    // Of the folder that is open.
    std::vector<spool::log_record> journaled_;
    std::optional<spool::folder_record> before_;  // The folder that the journal has for it.
    bool is_recorded_ = false;                    // That is the one which is open.
    bool is_recovered_ = false;                   // So the positions beside the journal say.
    bool is_open_ = false;                        // The folder is there.
    bool has_left_ = false;                       // Its sources were cut in another folder.
    bool is_resumed_ = false;                     // What an earlier run left is on its way.
    bool sees_all_ = false;                       // At the last look every log could be read.
    bool has_cut_all_ = false;                    // Nothing was due at the last turn.
    std::optional<failure> absence_;              // Why the folder is not open.
    std::optional<time_point> busy_since_;        // While something is asked of the folder.
    event woken_;
};

}  // namespace kustodrop::pipeline
