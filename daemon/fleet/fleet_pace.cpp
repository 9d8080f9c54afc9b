#include "daemon/fleet/fleet_pace.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace kustodrop::daemon {

static constexpr duration least_wait = 1s;
static constexpr duration first_retry = 5s;

fleet_pace::fleet_pace(time_point now, duration interval, random_generator& random) {
    std::uniform_int_distribution<duration::rep> spread(0, (interval / 10).count());
    due_ = now + duration(spread(random));
}

void fleet_pace::sent(time_point now, duration interval) {
    failures_ = 0;
    due_ = now + interval;
}

void fleet_pace::failed(
    time_point now, duration interval, std::optional<duration> retry_after, random_generator& random
) {
    backoff_options growing{std::min(first_retry, interval), interval};
    auto wait = next_wait(++failures_, growing, retry_after, random);
    due_ = now + std::max(least_wait, wait);
}

void fleet_pace::change(time_point now, duration interval) {
    due_ = std::min(due_, now + interval);
}

outcome_span next_span(wall_time reported, wall_time now) { return {std::min(reported, now), now}; }

}  // namespace kustodrop::daemon
