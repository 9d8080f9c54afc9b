#pragma once

#include "async/event.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace kustodrop {

/// So many bytes for everyone together. A lease gives its bytes back when it goes; waiters are
/// served in their order, so a large one is not starved by small ones.
class budget {
public:
    budget(asio::any_io_executor executor, std::uint64_t bytes)
        : total_(bytes), free_(bytes), changed_(std::move(executor)) {}

    class lease {
    public:
        lease() = default;
        lease(budget* from, std::uint64_t bytes) : from_(from), bytes_(bytes) {}
        lease(lease&& other) noexcept
            : from_(std::exchange(other.from_, nullptr)), bytes_(other.bytes_) {}
        lease& operator=(lease&& other) noexcept {
            std::swap(from_, other.from_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~lease() {
            if (from_) from_->give_back(bytes_);
        }
        std::uint64_t bytes() const { return bytes_; }

    private:
        budget* from_ = nullptr;
        std::uint64_t bytes_ = 0;
    };

    /// Waits until `bytes` are free; asks for more than the total get the total.
    asio::awaitable<lease> take(std::uint64_t bytes) {
        bytes = std::min(bytes, total_);
        ticket mine(*this);
        while (line_.front() != mine.number || free_ < bytes) co_await changed_.wait();
        free_ -= bytes;
        co_return lease(this, bytes);
    }

    std::uint64_t in_use() const { return total_ - free_; }
    std::uint64_t free() const { return free_; }
    std::uint64_t total() const { return total_; }

private:
    // A place in line, left however the wait ends: a cancelled waiter must not block the next.
    struct ticket {
        explicit ticket(budget& owner) : owner(owner), number(owner.next_++) {
            owner.line_.push_back(number);
        }
        ~ticket() {
            std::erase(owner.line_, number);
            owner.changed_.notify_all();
        }
        ticket(const ticket&) = delete;
        budget& owner;
        std::uint64_t number;
    };

    void give_back(std::uint64_t bytes) {
        free_ += bytes;
        changed_.notify_all();
    }

    std::uint64_t total_;
    std::uint64_t free_;
    std::uint64_t next_ = 0;
    std::deque<std::uint64_t> line_;
    event changed_;
};

}  // namespace kustodrop
