#pragma once

#include "async/awaitable.hpp"
#include "pipeline/following/cut_admission.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/notices.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/keeping/spilled_ranges.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What of the logs that depart is written at a time: those that come first, each up to
/// `most_bytes`, until there is so much of all of them; nothing of what is read. Pure.
std::vector<spool::range_wish> next_spill(
    const std::vector<spool::departing_log>& departing, std::uint64_t most_bytes
);

/// Spills what was not read of logs that exceed `hold`: it is written into the state directory,
/// compressed and durable, and is then a source like any other, read from there. Only then is the
/// log let go of. A file goes when its source is retired, which the journal has on disk by then.
class spilling {
public:
    spilling(watch& from, intake_parts parts, cut_admission& admission)
        : watch_(from), with_(parts), admission_(admission) {}

    /// About cut.max_bytes a call; what is left departs at the next look too.
    asio::awaitable<void> spill(
        std::shared_ptr<spool::followed_logs> logs, std::vector<spool::departing_log> departing
    );

    /// Makes sources of files that have none, before the first look: the last run was killed
    /// between their writing and the record of it, or the journal was lost. Returns what lies
    /// between them and what is known of their logs, which is lost.
    asio::awaitable<std::vector<spool::lost_range>> adopt(std::shared_ptr<spool::followed_logs> logs
    );

    /// Spills what these logs have that is not read, and what was cut of them and is not uploaded,
    /// for their files are about to be closed. The unfinished end of one that is not deleted stays
    /// in it: its folder, which is absent, may be back.
    asio::awaitable<void> keep(
        std::shared_ptr<spool::followed_logs> logs, std::vector<spool::followed_log> closing
    );

    /// Deletes what no source needs any more. The first call is made when those of earlier runs are
    /// on their way again.
    asio::awaitable<void> clear();

    /// Inodes of logs that are spilled, of which the journal has not made sure yet.
    std::set<std::uint64_t> pinned() const;

    const spool::spill_use& use() const { return use_; }

    /// That the last attempt has failed, as where there is no room.
    std::optional<notice> trouble() const;

private:
    struct batch;
    struct letting_go {
        std::shared_ptr<spool::followed_logs> logs;
        spool::log_number log = 0;
        std::string refusal;
    };
    struct cleared {
        std::set<std::string> unknown;
        spool::spill_use removed;
        spool::spill_use left;
    };

    asio::awaitable<void> make_sure();
    asio::awaitable<void> keep_cuts(std::set<std::uint64_t> inodes);
    std::set<std::string> needed_files() const;
    std::uint64_t take(
        batch& from,
        spool::followed_logs& logs,
        std::vector<spool::departing_log>& departing,
        std::map<spool::log_number, std::string>& refused
    );
    void note_refusal(const std::string& why, std::uint64_t bytes);
    void note_written(std::size_t logs, std::uint64_t bytes);
    void report(const cleared& done, bool is_first);

    watch& watch_;
    intake_parts with_;
    cut_admission& admission_;
    spool::spill_use use_;
    std::map<std::uint64_t, letting_go> pinned_;  // By inode.
    std::set<spool::log_number> named_;           // Of the logs that are about to be closed.
    std::string refusal_;                         // Of the last attempt; empty: it has worked.
    std::set<std::string> unknown_;               // Locations of what a lost journal knew,
    std::set<std::string> delivered_;             // and of what has arrived before it was lost.
    std::optional<time_point> cleared_at_;
    bool is_begun_ = false;
    bool has_adopted_ = false;  // Later files without a source are those of retired ones.
};

}  // namespace kustodrop::pipeline
