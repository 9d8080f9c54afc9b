#pragma once

#include "base/time.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/following/looking/log_ranges.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// Decides when what was added to the logs of a watch is cut, and of which logs a source is made: a
/// cut is due when there is max_bytes of it, or when the oldest of it is max_age old. Pure.
class cutter {
public:
    explicit cutter(const follow_options& options) : options_(options) {}

    void set_options(const follow_options& options) { options_ = options; }

    /// What a look has found.
    void looked(const std::vector<spool::followed_log>& logs, time_point now);

    /// The parts of logs that are to be in one source, longest waiting first; empty: no cut is due.
    /// `all`: nothing is waited for, not even the ends of unfinished records.
    std::vector<spool::range_wish> next_cut(time_point now, bool all) const;

    /// Why a cut is due, if one is.
    std::string_view reason(time_point now, bool all) const;

    /// What was found of such a part: the log is cut up to `end`. Returns how far that moves it.
    std::uint64_t cut(spool::log_number log, std::uint64_t end, time_point now);

    /// No record ends in that part. False: that says nothing of the log.
    bool found_nothing(const spool::range_wish& wish);

    /// Logs without a name that are read to their ends, and that no one writes any more: as the
    /// kernel says, or if it does not, as their rest for hold.max_time does.
    std::vector<spool::followed_log> ended(time_point now) const;

    /// When a cut is due without a change; nothing: never. No byte waits longer than max_age for
    /// it, since the look before the one that has found it.
    std::optional<time_point> next_due() const;

    /// When the logs are looked at again: after look_interval(), or when a cut is due.
    time_point next_look(time_point now) const;

    /// Since when the oldest byte waits that could be cut; nothing where none does. The unfinished
    /// end of a log could not.
    std::optional<time_point> behind_since() const;

    /// The logs of the last look, up to where they are cut by now. `nameless`: only those whose
    /// files have no name any more.
    std::vector<spool::followed_log> logs(bool nameless) const;

    std::uint64_t waiting_bytes() const;
    std::size_t waiting_logs() const;

private:
    struct entry {
        spool::followed_log log;
        time_point waits_since{};     // At the earliest: what was added since it was cut.
        time_point changed_at{};      // When it was last found larger.
        std::uint64_t barren = 0;     // No record ends before this size,
        bool no_line = false;         // nor does a line,
        bool nothing_at_all = false;  // nor can its unfinished end be cut.
        bool is_waiting() const { return log.size > log.position; }
        bool may_be_cut() const { return is_waiting() && !nothing_at_all && barren != log.size; }
    };
    bool has_long_records() const { return options_.records.kind != spool::record_kind::lines; }
    bool is_over(const entry& one, time_point now) const;
    bool is_quiet(const entry& one, time_point now) const;
    const entry* rest_before(const entry& one) const;
    std::vector<const entry*> ready_ones(time_point now, bool all) const;
    bool is_finished(const entry& one, time_point now) const;
    bool is_ready(const entry& one, time_point now, bool all) const;

    follow_options options_;
    std::map<spool::log_number, entry> logs_;
    std::optional<time_point> looked_at_;  // Last.
};

/// How long bytes without the end of a record wait for it, where a quotation may be open, before
/// they are cut at the end of a line.
duration patience_with_records(duration max_age);

/// How often a watch that cuts at least every `max_age` looks at its logs.
duration look_interval(duration max_age);

}  // namespace kustodrop::pipeline
