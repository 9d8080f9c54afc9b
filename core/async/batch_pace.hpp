#pragma once

#include "async/timed_wait.hpp"

#include <algorithm>
#include <cstddef>

namespace kustodrop {

/// When the next of many batches begins, each of which costs as much for one as for many: at once
/// for one who waits alone, a moment later where several waited for the last one.
class batch_pace {
public:
    struct options {
        duration unawaited = {};  // What no one waits for may wait so long after the last batch.
        duration gathering = {};  // The next batch is put off for so long, or until half as many
        std::size_t most = 32;    // again wait for it as for the last one, but no more than that.
    };

    batch_pace(asio::any_io_executor executor, clock& time, options how)
        : time_(time), how_(how), enough_waiting_(std::move(executor)), last_end_(time.now()) {}

    /// Someone waits for the next batch.
    void arrive() {
        if (++waiting_ == enough_) enough_waiting_.notify_all();
    }

    /// A batch has ended, well or not. Who still waits arrives again.
    void served() {
        waiting_ = 0;
        last_end_ = time_.now();
    }

    /// Returns when the next batch is to begin.
    asio::awaitable<void> next() {
        if (waiting_ == 0 && how_.unawaited > duration::zero()) {
            co_await wait_for(1, last_end_ + how_.unawaited);
        }
        if (last_ > 1 && waiting_ > 0 && how_.gathering > duration::zero()) {
            auto enough = std::min(last_ + last_ / 2, how_.most);
            co_await wait_for(enough, time_.now() + how_.gathering);
        }
        last_ = waiting_;
    }

private:
    asio::awaitable<void> wait_for(std::size_t count, time_point until) {
        enough_ = count;
        while (waiting_ < count && time_.now() < until) {
            co_await wait_until(enough_waiting_, time_, until);
        }
        enough_ = 0;
    }

    clock& time_;
    options how_;
    event enough_waiting_;
    std::size_t waiting_ = 0;  // Since the last batch.
    std::size_t enough_ = 0;   // So many end the wait; 0: no one asks.
    std::size_t last_ = 0;     // Waited for the last batch.
    time_point last_end_;      // Or the start.
};

}  // namespace kustodrop
