#pragma once

#include "async/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <optional>
#include <set>

namespace kustodrop::simulation {

/// A clock that moves only on request, to the next instant at which someone wakes. It keeps its
/// sleepers in a heap of its own, so that the cost of an hour depends only on what happens in it.
class virtual_clock final : public clock {
public:
    time_point now() const override { return now_; }
    wall_time wall_now() const override;
    asio::awaitable<void> sleep_until(time_point wake) override;

    /// When the next sleeper wakes; nothing if there is none.
    std::optional<time_point> next_wake() const;

    /// Moves to `then`, never back, and wakes the sleepers that are due.
    void move_to(time_point then);

    /// The calendar jumps.
    void turn_calendar(duration by);

    /// The calendar without its jumps: the service's time.
    wall_time true_wall_now() const;
    duration since_start() const { return now_ - start_; }

private:
    // In the heap for as long as it lives: a cancelled coroutine unwinds past any later statement.
    struct sleeper {
        sleeper(virtual_clock& owner, asio::any_io_executor executor, time_point wake);
        ~sleeper();
        sleeper(const sleeper&) = delete;

        virtual_clock& owner;
        asio::steady_timer timer;
        time_point wake;
        std::uint64_t number;
    };
    struct earlier {
        bool operator()(const sleeper* a, const sleeper* b) const {
            return a->wake != b->wake ? a->wake < b->wake : a->number < b->number;
        }
    };

    static constexpr time_point start_{std::chrono::hours(1)};
    static constexpr wall_time wall_start_ = std::chrono::sys_days(
        std::chrono::year(2026) / std::chrono::month(8) / std::chrono::day(22)
    );

    time_point now_ = start_;
    duration turned_{};
    std::uint64_t numbers_ = 0;
    std::set<sleeper*, earlier> asleep_;
};

}  // namespace kustodrop::simulation
