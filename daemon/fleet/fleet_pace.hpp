#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "daemon/fleet/fleet_rows.hpp"

#include <optional>

namespace kustodrop::daemon {

/// Decides when the next report is due. Pure.
class fleet_pace {
public:
    /// The first is due within a tenth of the interval: many hosts may start at once.
    fleet_pace(time_point now, duration interval, random_generator& random);

    time_point due() const { return due_; }

    /// One arrived.
    void sent(time_point now, duration interval);

    /// One did not arrive: tried again after a while, at the latest after an interval.
    void failed(
        time_point now,
        duration interval,
        std::optional<duration> retry_after,
        random_generator& random
    );

    /// The interval is another one from now on.
    void change(time_point now, duration interval);

private:
    time_point due_;
    unsigned failures_ = 0;
};

/// The outcomes of the next report, after those that were reported until `reported`. A calendar
/// that was set back begins again at the present.
outcome_span next_span(wall_time reported, wall_time now);

}  // namespace kustodrop::daemon
