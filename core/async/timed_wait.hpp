#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <utility>

namespace kustodrop {

/// Returns at `wake` or at the event's next notify_all(), whichever comes first. Which one it was
/// is not said: look at the clock and at the state the event stands for.
inline asio::awaitable<void> wait_until(event& happened, clock& clock, time_point wake) {
    using namespace asio::experimental::awaitable_operators;
    auto asleep = clock.sleep_until(wake);
    auto notified = happened.wait();
    auto either = std::move(asleep) || std::move(notified);
    co_await std::move(either);
}

}  // namespace kustodrop
