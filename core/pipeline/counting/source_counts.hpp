#pragma once

#include "base/metrics.hpp"
#include "base/time.hpp"
#include "pipeline/counting/oldest_of.hpp"
#include "spool/source/source.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// How many files of a watch are in each stage now, and how old the oldest is.
struct watch_counts {
    std::array<std::uint64_t, 6> files_in_stage{};      // By any_stage's index.
    std::uint64_t pending_files = 0;                    // The sum: claimed and not retired.
    std::uint64_t parked_files = 0;                     // Unconfirmed, kept in work/.
    std::uint64_t pending_log_bytes = 0;                // Of followed logs, in any stage.
    std::optional<wall_time> oldest;                    // When the oldest pending one was claimed.
    std::optional<spool::outcome_record> last_outcome;  // The last outcome since start.

    /// Files that have not been posted.
    std::uint64_t unshipped() const {
        return files_in_stage[0] + files_in_stage[1] + files_in_stage[2];
    }
};

/// Counts sources by watch and stage, in files, in memory and in the metrics at once:
/// seen + resumed = outcomes + in a stage now (docs/metrics.md).
class source_counts {
    // What is kept for a watch, so that a step of a source looks nothing up twice.
    struct ledger {
        watch_counts* counts = nullptr;
        std::array<gauge*, 6> in_stage{};  // By any_stage's index.
        oldest_of claim_times;

        void forget_claim(wall_time at);
    };

public:
    explicit source_counts(metrics& measured) : metrics_(measured) {}
    source_counts(const source_counts&) = delete;

    /// How a source is counted at present. What is subtracted is always what was added, whatever
    /// has become of the source's watch, stage and slices meanwhile.
    struct counted {
        ledger* in = nullptr;  // Null: not counted.
        bool is_parked = false;
        std::size_t stage = 0;
        std::uint64_t files = 0;
        std::uint64_t log_bytes = 0;
        wall_time claimed_at{};

        bool is_pending() const { return in && !is_parked; }
    };

    /// How a source would be counted now. Counts nothing.
    counted counted_as(const spool::source&, bool is_parked);

    /// Counts a source as it is now, in the place of what `as` says, and says so there.
    void count(counted& as, const spool::source&, bool is_parked);
    void uncount(counted& as);

    void count_seen(const spool::source&);

    /// One that was seen by an earlier run, or has had an outcome, is counted as seen once more.
    void count_resumed(const spool::source&);
    void count_outcome(const spool::source&, const spool::outcome_record&);

    /// How many sources are parked.
    std::size_t parked() const { return parked_; }
    const watch_counts& of(std::string_view watch) const;
    std::vector<std::string> watches() const;

    /// A watch has another name from now on; its sources are counted again by the caller.
    void rename_watch(const std::string& from, const std::string& to);

    /// Brings kustodrop_oldest_source_age_seconds up to date.
    void measure_ages(wall_time now);

private:
    ledger& ledger_of(const std::string& watch);
    static void add_to_stage(const counted&, std::int64_t files);
    void take_out(const counted&);

    metrics& metrics_;
    std::map<std::string, watch_counts, std::less<>> counts_;
    std::map<std::string, ledger, std::less<>> ledgers_;
    std::size_t parked_ = 0;
};

}  // namespace kustodrop::pipeline
