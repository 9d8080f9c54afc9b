#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

/// How many sources are streamed at a time. Those that find no place wait here, not with a shipper:
/// `wake` puts one of them back in line when a place is free.
class streaming_slots {
public:
    explicit streaming_slots(std::function<void(const std::string& source_id)> wake)
        : wake_(std::move(wake)) {}

    class slot {
    public:
        slot() = default;
        explicit slot(streaming_slots* of) : of_(of) {}
        slot(slot&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        slot& operator=(slot&& other) noexcept {
            std::swap(of_, other.of_);
            return *this;
        }
        ~slot() {
            if (of_) of_->leave();
        }
        explicit operator bool() const { return of_ != nullptr; }

    private:
        streaming_slots* of_ = nullptr;
    };

    /// A place for this source; none: it is woken when there may be one.
    slot take(const std::string& source_id, std::uint64_t most) {
        if (busy_ < most) {
            ++busy_;
            return slot(this);
        }
        if (known_.insert(source_id).second) waiting_.push_back(source_id);
        return {};
    }

    /// One that was woken may not have come, or may be queued now. Call it once a second.
    void look() {
        while (busy_ == 0 && !waiting_.empty()) wake_next();
    }

    std::uint64_t busy() const { return busy_; }

private:
    void leave() {
        --busy_;
        if (!waiting_.empty()) wake_next();
    }

    void wake_next() {
        auto id = std::move(waiting_.front());
        waiting_.pop_front();
        known_.erase(id);
        wake_(id);
    }

    std::function<void(const std::string&)> wake_;
    std::uint64_t busy_ = 0;
    std::deque<std::string> waiting_;
    std::unordered_set<std::string> known_;  // Those that wait.
};

}  // namespace kustodrop::pipeline
