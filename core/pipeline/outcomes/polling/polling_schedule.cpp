#include "pipeline/outcomes/polling/polling_schedule.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr int polls_wait_before_search = 6;
static constexpr int searches_a_timeout = 6;
static constexpr int looks_of_grace = 6;
static constexpr duration shortest_lease = 1s;
static constexpr int parts_a_search = 32;
// The wait for the next look, as a share of the youngest post's age.
static constexpr int polls_an_age = 20;
static constexpr int rarest_poll = 6;
static constexpr int searches_an_age = 8;

polling_options polling_options_of(const outcomes_options& options) {
    return {options.poll_interval, options.outcome_timeout, options.search_time};
}

duration wait_before_poll(const polling_options& options, std::optional<duration> youngest) {
    auto rarest = options.poll_interval * rarest_poll;
    if (!youngest) return rarest;
    return std::clamp<duration>(*youngest / polls_an_age, options.poll_interval, rarest);
}

polling_schedule::polling_schedule(polling_options options, random_generator& random)
    : options_(options), random_(random) {}

duration polling_schedule::wait_before_search() const {
    return std::min<duration>(
        {1min,
         options_.poll_interval * polls_wait_before_search,
         options_.outcome_timeout / searches_a_timeout}
    );
}

duration polling_schedule::look_distance() const {
    return std::min(options_.search_time, wait_before_search());
}

// Half as much again: what comes back too early is met twice.
duration polling_schedule::lease() const {
    auto whole = pace_ * parts_a_search * 3 / 2;
    return std::clamp<duration>(whole, shortest_lease, shortest_lease + options_.search_time);
}

void polling_schedule::searched_part(duration one) { pace_ = (pace_ * 3 + one) / 4; }

duration polling_schedule::wait_when_hidden() { return drawn(lease()); }

duration polling_schedule::grace() const {
    return std::min(look_distance() * looks_of_grace, options_.outcome_timeout);
}

// From half of it to half as much again.
duration polling_schedule::drawn(duration about) {
    return about / 2 + next_wait(1, {about, about}, std::nullopt, random_);
}

bool polling_schedule::may_search(time_point oldest_post, time_point youngest_post, time_point now)
    const {
    if (now - oldest_post < wait_before_search()) return false;
    if (!last_search_) return true;
    bool soon = hindered_ || now - oldest_post >= options_.outcome_timeout;
    auto wait = soon ? between_searches_
                     : std::max(between_searches_, (now - youngest_post) / searches_an_age);
    return now - *last_search_ >= wait;
}

void polling_schedule::searched(time_point now, bool hindered) {
    last_search_ = now;
    hindered_ = hindered;
    // What others hold lapses after about as long as what we hold.
    between_searches_ =
        hindered ? lease() + drawn(lease()) : look_distance() + drawn(wait_before_search());
}

void polling_schedule::looked(time_point begun) {
    if (last_look_ && begun - *last_look_ < apart_) return;
    look_before_ = last_look_;
    last_look_ = begun;
    apart_ = drawn(look_distance());
}

bool polling_schedule::is_over(time_point deadline, time_point now, bool blind) const {
    if (now < deadline) return false;
    if (look_before_ && *look_before_ >= deadline) return true;
    return now >= deadline + (blind ? options_.outcome_timeout : grace());
}

}  // namespace kustodrop::pipeline
