#pragma once

#include "async/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace kustodrop {

/// A condition variable for coroutines that share one thread. Wait in a loop on a predicate.
class event {
public:
    explicit event(asio::any_io_executor executor)
        : timer_(std::move(executor), asio::steady_timer::time_point::max()) {}

    /// Returns at the next notify_all().
    asio::awaitable<void> wait() {
        // A notification and a cancellation both end the wait with operation_aborted, so the code
        // says nothing. After a cancellation Asio throws from the caller's next co_await.
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    void notify_all() { timer_.cancel(); }

private:
    asio::steady_timer timer_;
};

}  // namespace kustodrop
