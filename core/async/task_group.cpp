#include "async/task_group.hpp"

#include "async/timed_wait.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace kustodrop {

task_group::task_group(asio::any_io_executor executor) : executor_(executor), ended_(executor) {}

static bool is_cancellation(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& cause) {
        return cause.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

void task_group::start(asio::awaitable<void> task) {
    auto& signal = signals_.emplace_back();
    ++running_;
    auto finish = [this](std::exception_ptr error) {
        --running_;
        ended_.notify_all();
        if (error && !is_cancellation(error)) std::rethrow_exception(error);
    };
    asio::co_spawn(
        executor_, std::move(task), asio::bind_cancellation_slot(signal.slot(), std::move(finish))
    );
}

void task_group::cancel() {
    for (auto& signal : signals_) signal.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> task_group::join() {
    while (running_ > 0) co_await ended_.wait();
}

asio::awaitable<bool> task_group::join_until(clock& clock, time_point deadline) {
    while (running_ > 0 && clock.now() < deadline) co_await wait_until(ended_, clock, deadline);
    co_return running_ == 0;
}

}  // namespace kustodrop
