#pragma once

#include "base/time.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"

#include <cstddef>
#include <optional>

namespace kustodrop::pipeline {

/// Decides when the intake of a watch scans its folder and when it takes its next turn. A folder
/// of many files is scanned in slices: a pass is as many as show all of it. Pure.
class schedule {
public:
    /// A scan is due now, of the slice that comes next.
    void scan_now(time_point now) { next_scan_ = now; }

    /// The same because of an event: a storm of them asks for a few scans a second and no more.
    void scan_soon(time_point now);

    /// A scan is due now, of the whole folder from its beginning.
    void start_pass(time_point now);
    bool is_scan_due(time_point now) const { return now >= next_scan_; }

    /// A scan begins: the next one is due after `interval`.
    void begin_scan(time_point now, duration interval) {
        last_scan_ = now;
        next_scan_ = now + interval;
        restarted_ = false;
    }

    /// Where the scan begins; nothing: at the folder's beginning.
    const std::optional<spool::scan_position>& position() const { return position_; }

    /// What one slice showed.
    struct slice {
        std::size_t files = 0;
        std::optional<spool::scan_position> next = {};  // Nothing: it was the last of the pass.
        bool brought_files = false;                     // That were not known before.
    };

    /// Takes in a slice. True: it was the only one of its pass, and so showed the whole folder.
    bool finish_slice(slice found);

    /// Whether the slice that was taken in last was the last one of its pass. Not one that a new
    /// pass has overtaken.
    bool has_ended_pass() const { return !position_ && !restarted_; }

    /// Files that lie in the folder, as far as the pass in hand and the claims since then show.
    std::size_t waiting_in_folder() const { return waiting_; }
    void claimed_one();
    void forget_waiting() { waiting_ = 0; }

    /// Whether the pass in hand is not over, or another is needed because it brought files.
    bool has_more_to_scan() const { return more_; }

    /// What else a turn may be taken for.
    struct reasons {
        bool has_hints = false;
        bool has_complete = false;                   // Files that could be claimed,
        bool may_claim = false;                      // and whether there is room for one.
        std::optional<time_point> look_due = {};     // At a file that may be complete,
        std::optional<time_point> recheck_due = {};  // at one that changed after it was claimed.
        std::optional<time_point> release_due = {};  // Of sources that are held.
        std::optional<time_point> group_due = {};    // Of files that share a blob.
    };
    time_point next_turn(const reasons& why, time_point now) const;

    /// Whether nothing but a scan can bring anything, and no scan is due.
    bool is_idle(const reasons& why, time_point now) const;

private:
    time_point next_scan_{};
    std::optional<time_point> last_scan_;
    std::optional<spool::scan_position> position_;
    std::size_t found_in_pass_ = 0;
    std::size_t waiting_ = 0;
    bool brought_in_pass_ = false;
    bool more_ = false;
    bool restarted_ = false;  // During the scan in hand.
};

}  // namespace kustodrop::pipeline
