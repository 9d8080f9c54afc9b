#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace kustodrop {

namespace asio = boost::asio;

using namespace std::chrono_literals;  // Durations read as 5min, everywhere in our namespace.
using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Time as the daemon sees it. Nothing outside this seam reads a clock or arms a timer, so tests
/// can live through a day in a millisecond.
class clock {
public:
    virtual ~clock() = default;

    /// Steady: what every wait and every age is measured with.
    virtual time_point now() const = 0;

    /// The calendar, which may jump: for records, for SAS and token arithmetic, never for waits.
    virtual wall_time wall_now() const = 0;

    /// Returns at or after `wake`, at once if that has passed. Throws when cancelled.
    virtual asio::awaitable<void> sleep_until(time_point wake) = 0;
};

/// The machine's own time.
class real_clock final : public clock {
public:
    time_point now() const override { return std::chrono::steady_clock::now(); }
    wall_time wall_now() const override;
    asio::awaitable<void> sleep_until(time_point wake) override;
};

}  // namespace kustodrop
