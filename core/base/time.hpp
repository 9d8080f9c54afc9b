#pragma once

#include <chrono>

namespace kustodrop {

using namespace std::chrono_literals;  // Durations read as 5min, everywhere in our namespace.
using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Time as the daemon reads it. Nothing outside this seam asks the machine for the time, so tests
/// can pass a day in a millisecond. What also waits takes a `clock` (async/clock.hpp).
class time_source {
public:
    virtual ~time_source() = default;

    /// Steady: what every wait and every age is measured with.
    virtual time_point now() const = 0;

    /// The calendar, which may jump: for records, for SAS and token arithmetic, never for waits.
    virtual wall_time wall_now() const = 0;
};

}  // namespace kustodrop
