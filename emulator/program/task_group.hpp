#pragma once

#include "async/event.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <list>

namespace kustodrop::emulator {

/// Tasks that live and end together: when one ends, or the group is cancelled, all the others are
/// cancelled, and join() returns when the last has ended. Nothing is left behind.
class task_group {
public:
    explicit task_group(asio::any_io_executor executor)
        : executor_(executor), changed_(std::move(executor)) {}

    void start(asio::awaitable<void> task);

    /// Throws what the first task threw, or the cancellation.
    asio::awaitable<void> join();

private:
    asio::awaitable<void> wait_for_an_end();

    asio::any_io_executor executor_;
    event changed_;
    std::list<asio::cancellation_signal> signals_;
    std::size_t running_ = 0;
    bool ended_ = false;
    std::exception_ptr first_;
};

}  // namespace kustodrop::emulator
