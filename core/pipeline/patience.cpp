#include "pipeline/patience.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr int polls_before_digging = 6;
static constexpr int digs_a_timeout = 6;
static constexpr int breaths_of_grace = 6;
static constexpr duration shortest_lease = 5s;

patience::patience(patience_options options, random_generator& random)
    : options_(options), random_(random) {}

duration patience::before_digging() const {
    return std::min<duration>(
        {1min,
         options_.poll_interval * polls_before_digging,
         options_.outcome_timeout / digs_a_timeout}
    );
}

duration patience::breath() const { return std::min(options_.dig_time, before_digging()); }

duration patience::lease() const {
    return std::max<duration>(shortest_lease, breath() + std::min(options_.dig_time / 2, breath()));
}

duration patience::grace() const {
    return std::min(breath() * breaths_of_grace, options_.outcome_timeout);
}

// From half of it to half as much again.
duration patience::drawn(duration about) {
    return about / 2 + next_wait(1, {about, about}, std::nullopt, random_);
}

bool patience::may_dig(time_point oldest_post, time_point now) const {
    return now >= next_dig_ && now - oldest_post >= before_digging();
}

void patience::dug(time_point now) { next_dig_ = now + breath() + drawn(before_digging()); }

void patience::looked(time_point begun) {
    if (last_look_ && begun - *last_look_ < apart_) return;
    look_before_ = last_look_;
    last_look_ = begun;
    apart_ = drawn(breath());
}

bool patience::is_over(time_point deadline, time_point now, bool blind) const {
    if (now < deadline) return false;
    if (look_before_ && *look_before_ >= deadline) return true;
    return now >= deadline + (blind ? options_.outcome_timeout : grace());
}

}  // namespace kustodrop::pipeline
