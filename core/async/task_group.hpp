#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <functional>
#include <list>
#include <string>

namespace kustodrop {

/// Long-lived coroutines that are started, cancelled and joined together. A task ends by returning
/// or by being cancelled; any exception of its own is a bug and leaves the event loop.
class task_group {
public:
    explicit task_group(asio::any_io_executor executor);

    void start(asio::awaitable<void> task);
    void cancel();

    /// Returns once every task has ended.
    asio::awaitable<void> join();

    /// Returns once every task has ended, or at `deadline`. True: all have.
    asio::awaitable<bool> join_until(clock& clock, time_point deadline);

    std::size_t running() const { return running_; }

private:
    asio::any_io_executor executor_;
    std::list<asio::cancellation_signal> signals_;
    std::size_t running_ = 0;
    event ended_;
};

}  // namespace kustodrop
