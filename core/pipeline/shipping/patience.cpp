#include "pipeline/shipping/patience.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr int polls_before_digging = 6;
static constexpr int digs_a_timeout = 6;
static constexpr int breaths_of_grace = 6;
static constexpr duration shortest_lease = 1s;
static constexpr int parts_a_dig = 32;
// The wait for the next look, as a share of the youngest post's age.
static constexpr int polls_an_age = 20;
static constexpr int rarest_poll = 6;
static constexpr int digs_an_age = 8;

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

duration patience::before_polling(duration youngest) const {
    return std::clamp<duration>(
        youngest / polls_an_age, options_.poll_interval, options_.poll_interval * rarest_poll
    );
}

// Half as much again: what comes back too early is met twice.
duration patience::lease() const {
    auto whole = pace_ * parts_a_dig * 3 / 2;
    return std::clamp<duration>(whole, shortest_lease, shortest_lease + options_.dig_time);
}

void patience::dug_for(duration one) { pace_ = (pace_ * 3 + one) / 4; }

duration patience::before_trying_again() { return drawn(lease()); }

duration patience::grace() const {
    return std::min(breath() * breaths_of_grace, options_.outcome_timeout);
}

// From half of it to half as much again.
duration patience::drawn(duration about) {
    return about / 2 + next_wait(1, {about, about}, std::nullopt, random_);
}

bool patience::may_dig(time_point oldest_post, time_point youngest_post, time_point now) const {
    if (now - oldest_post < before_digging()) return false;
    if (!last_dig_) return true;
    bool soon = hindered_ || now - oldest_post >= options_.outcome_timeout;
    auto wait = soon ? between_digs_ : std::max(between_digs_, (now - youngest_post) / digs_an_age);
    return now - *last_dig_ >= wait;
}

void patience::dug(time_point now, bool hindered) {
    last_dig_ = now;
    hindered_ = hindered;
    // What others hold lapses after about as long as what we do.
    between_digs_ = hindered ? lease() + drawn(lease()) : breath() + drawn(before_digging());
}

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
