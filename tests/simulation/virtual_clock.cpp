#include "simulation/virtual_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kustodrop::simulation {

virtual_clock::sleeper::sleeper(
    virtual_clock& owner, asio::any_io_executor executor, time_point wake
)
    : owner(owner),
      timer(executor, asio::steady_timer::time_point::max()),
      wake(wake),
      number(++owner.numbers_) {
    owner.asleep_.insert(this);
}

virtual_clock::sleeper::~sleeper() { owner.asleep_.erase(this); }

wall_time virtual_clock::true_wall_now() const {
    return wall_start_ + std::chrono::duration_cast<std::chrono::microseconds>(now_ - start_);
}

wall_time virtual_clock::wall_now() const {
    return true_wall_now() + std::chrono::duration_cast<std::chrono::microseconds>(turned_);
}

asio::awaitable<void> virtual_clock::sleep_until(time_point wake) {
    if (wake <= now_) co_return;
    auto executor = co_await asio::this_coro::executor;
    sleeper self(*this, executor, wake);
    // A cancellation ends the wait as waking does; then the next wait throws.
    while (now_ < wake) co_await self.timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::optional<time_point> virtual_clock::next_wake() const {
    if (asleep_.empty()) return std::nullopt;
    return (*asleep_.begin())->wake;
}

void virtual_clock::move_to(time_point then) {
    now_ = std::max(now_, then);
    while (!asleep_.empty() && (*asleep_.begin())->wake <= now_) {
        auto* first = *asleep_.begin();
        asleep_.erase(asleep_.begin());
        first->timer.cancel();
    }
}

void virtual_clock::turn_calendar(duration by) { turned_ += by; }

}  // namespace kustodrop::simulation
