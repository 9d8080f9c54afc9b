#include "pipeline/intake/watching/schedule.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

// Others hold the watch's sources and free disk space without a notice to the intake.
static constexpr duration longest_wait = 5s;

static constexpr duration between_event_scans = 200ms;

// How soon room for more files is looked for while complete ones wait.
static constexpr duration room_check = 50ms;

void schedule::scan_soon(time_point now) {
    auto earliest = last_scan_ ? *last_scan_ + between_event_scans : now;
    next_scan_ = std::min(next_scan_, std::max(now, earliest));
}

void schedule::start_pass(time_point now) {
    position_.reset();
    more_ = false;
    restarted_ = true;
    next_scan_ = now;
}

bool schedule::finish_slice(slice found) {
    // What it showed counts; where it ended is of no use to the pass that has begun since.
    if (restarted_) return false;
    bool is_first = !position_;
    bool is_only = is_first && !found.next;
    if (is_first) {
        found_in_pass_ = 0;
        brought_in_pass_ = false;
    }
    position_ = std::move(found.next);
    found_in_pass_ += found.files;
    waiting_ = position_ ? std::max(waiting_, found_in_pass_) : found_in_pass_;
    brought_in_pass_ = brought_in_pass_ || found.brought_files;
    more_ = position_ || (!is_only && brought_in_pass_);
    return is_only;
}

void schedule::claimed_one() {
    if (waiting_ > 0) --waiting_;
}

time_point schedule::next_turn(const reasons& why, time_point now) const {
    // One batch follows the other; other watches' batches take their turn in the worker's queue.
    if (why.has_hints || (why.has_complete && why.may_claim)) return now;
    auto next = std::min(next_scan_, now + longest_wait);
    if (why.has_complete) next = std::min(next, now + room_check);
    for (auto& due : {why.look_due, why.recheck_due, why.release_due, why.group_due}) {
        if (due) next = std::min(next, *due);
    }
    return next;
}

bool schedule::is_idle(const reasons& why, time_point now) const {
    bool has_files = why.has_hints || why.has_complete || why.look_due || why.group_due;
    return !has_files && !more_ && !is_scan_due(now);
}

}  // namespace kustodrop::pipeline
