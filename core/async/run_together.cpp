#include "async/run_together.hpp"

#include "async/event.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>
#include <utility>

namespace kustodrop {

namespace {

struct running_tasks {
    explicit running_tasks(asio::any_io_executor executor) : changed(std::move(executor)) {}

    event changed;
    std::list<asio::cancellation_signal> signals;
    std::size_t running = 0;
    bool one_ended = false;
    std::exception_ptr first;
};

}  // namespace

static void start(
    running_tasks& tasks, asio::any_io_executor executor, asio::awaitable<void> task
) {
    ++tasks.running;
    auto slot = tasks.signals.emplace_back().slot();
    auto finish = [&tasks](std::exception_ptr error) {
        if (!tasks.one_ended) tasks.first = error;
        tasks.one_ended = true;
        --tasks.running;
        tasks.changed.notify_all();
    };
    asio::co_spawn(
        executor, std::move(task), asio::bind_cancellation_slot(slot, std::move(finish))
    );
}

static asio::awaitable<void> wait_for_an_end(running_tasks& tasks) {
    while (tasks.running > 0 && !tasks.one_ended) co_await tasks.changed.wait();
}

asio::awaitable<void> run_together(
    asio::any_io_executor executor, std::vector<asio::awaitable<void>> all
) {
    running_tasks tasks(executor);
    for (auto& task : all) start(tasks, executor, std::move(task));
    std::exception_ptr cancelled;
    try {
        co_await wait_for_an_end(tasks);
    } catch (...) {
        cancelled = std::current_exception();
    }
    // A second cancellation must not end the wait for the others.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (auto& signal : tasks.signals) signal.emit(asio::cancellation_type::terminal);
    while (tasks.running > 0) co_await tasks.changed.wait();
    if (cancelled) std::rethrow_exception(cancelled);
    if (tasks.first) std::rethrow_exception(tasks.first);
}

}  // namespace kustodrop
