#include "pipeline/ready_queue.hpp"

#include "base/timed_wait.hpp"

namespace kustodrop::pipeline {

ready_queue::ready_queue(asio::any_io_executor executor, clock& clock, std::size_t capacity)
    : clock_(clock), capacity_(capacity), arrived_(executor), taken_(executor) {}

void ready_queue::push(std::string source_id, time_point not_before) {
    waiting_.emplace(not_before, std::move(source_id));
    arrived_.notify_all();
}

asio::awaitable<std::optional<std::string>> ready_queue::pop() {
    while (!closed_) {
        if (waiting_.empty()) {
            co_await arrived_.wait();
            continue;
        }
        auto first = waiting_.begin();
        auto due = first->first;
        if (due <= clock_.now()) {
            std::optional<std::string> id(std::move(first->second));
            waiting_.erase(first);
            taken_.notify_all();
            co_return id;
        }
        co_await wait_until(arrived_, clock_, due);
    }
    co_return std::nullopt;
}

asio::awaitable<void> ready_queue::wait_for_room() {
    while (!closed_ && room() == 0) co_await taken_.wait();
}

void ready_queue::close() {
    closed_ = true;
    arrived_.notify_all();
    taken_.notify_all();
}

}  // namespace kustodrop::pipeline
