#include "emulator/program/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

namespace kustodrop::emulator {

void task_group::start(asio::awaitable<void> task) {
    ++running_;
    auto slot = signals_.emplace_back().slot();
    auto finish = [this](std::exception_ptr error) {
        if (!ended_) first_ = error;
        ended_ = true;
        --running_;
        changed_.notify_all();
    };
    asio::co_spawn(
        executor_, std::move(task), asio::bind_cancellation_slot(slot, std::move(finish))
    );
}

asio::awaitable<void> task_group::wait_for_an_end() {
    while (running_ > 0 && !ended_) co_await changed_.wait();
}

asio::awaitable<void> task_group::join() {
    std::exception_ptr cancelled;
    try {
        co_await wait_for_an_end();
    } catch (...) {
        cancelled = std::current_exception();
    }
    // From here nothing may cut short the wait for the others.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (auto& signal : signals_) signal.emit(asio::cancellation_type::terminal);
    while (running_ > 0) co_await changed_.wait();
    if (cancelled) std::rethrow_exception(cancelled);
    if (first_) std::rethrow_exception(first_);
}

}  // namespace kustodrop::emulator
