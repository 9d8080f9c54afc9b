#pragma once

#include "async/event.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace kustodrop {

/// A bounded queue between coroutines of one thread: at most `capacity` items, push waits for
/// room, close() ends it, and nothing that was accepted is lost.
template <class T>
class work_queue {
public:
    work_queue(asio::any_io_executor executor, std::size_t capacity)
        : capacity_(capacity), changed_(std::move(executor)) {}

    std::size_t size() const { return items_.size(); }
    std::size_t capacity() const { return capacity_; }
    std::size_t room() const {
        if (closed_) return 0;
        return capacity_ - std::min(capacity_, items_.size());
    }
    bool closed() const { return closed_; }

    /// Takes the item unless the queue is full or closed.
    bool try_push(T& item) {
        if (room() == 0) return false;
        items_.push_back(std::move(item));
        changed_.notify_all();
        return true;
    }

    /// Waits for room. False if the queue was closed: the item was not accepted.
    asio::awaitable<bool> push(T item) {
        while (!closed_ && items_.size() >= capacity_) co_await changed_.wait();
        co_return try_push(item);
    }

    /// The oldest item; waits for one. Nothing only when the queue is closed and empty.
    asio::awaitable<std::optional<T>> pop() {
        while (items_.empty() && !closed_) co_await changed_.wait();
        if (items_.empty()) co_return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        changed_.notify_all();
        co_return item;
    }

    /// Ends it: nothing more is accepted, what is inside can still be taken.
    void close() {
        closed_ = true;
        changed_.notify_all();
    }

private:
    std::size_t capacity_;
    std::deque<T> items_;
    bool closed_ = false;
    event changed_;
};

}  // namespace kustodrop
