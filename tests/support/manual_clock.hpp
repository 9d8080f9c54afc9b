#pragma once

#include "async/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace kustodrop::test {

/// A clock that moves only on request.
class manual_clock final : public clock {
public:
    time_point now() const override { return now_; }

    wall_time wall_now() const override {
        using std::chrono::microseconds;
        return wall_start_ + std::chrono::duration_cast<microseconds>(now_ - start_);
    }

    asio::awaitable<void> sleep_until(time_point wake) override {
        auto executor = co_await asio::this_coro::executor;
        sleeper self(sleepers_, executor);
        // Every move of the clock wakes every sleeper; those that are early go back to sleep.
        while (now_ < wake) co_await self.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    void advance(duration by) {
        now_ += by;
        for (auto* sleeper : sleepers_) sleeper->timer.cancel();
    }

    /// The calendar jumps; the steady clock does not.
    void set_wall(wall_time now) { wall_start_ += now - wall_now(); }

private:
    // On the list for as long as it lives: a cancelled coroutine unwinds past any later statement.
    struct sleeper {
        sleeper(std::list<sleeper*>& all, asio::any_io_executor executor)
            : all(all), timer(executor, asio::steady_timer::time_point::max()) {
            all.push_back(this);
        }
        ~sleeper() { all.remove(this); }
        sleeper(const sleeper&) = delete;

        std::list<sleeper*>& all;
        asio::steady_timer timer;
    };

    static constexpr time_point start_{std::chrono::hours(1)};
    wall_time wall_start_ = std::chrono::sys_days(
        std::chrono::year(2026) / std::chrono::month(8) / std::chrono::day(22)
    );

    time_point now_ = start_;
    std::list<sleeper*> sleepers_;
};

}  // namespace kustodrop::test
