#pragma once

#include "async/clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace kustodrop {

/// The threads that blocking work may run on. None of them: work runs inline, which is how the
/// simulation stays deterministic.
class worker_pool {
public:
    explicit worker_pool(unsigned threads) : count_(threads) {
        if (threads > 0) threads_ = std::make_unique<asio::thread_pool>(threads);
    }
    ~worker_pool() {
        if (threads_) threads_->stop();
        join();
    }
    worker_pool(const worker_pool&) = delete;

    /// More threads from now on; a pool without any, or with as many, stays as it is.
    void grow_to(unsigned threads) {
        for (; threads_ && count_ < threads; ++count_) {
            more_.emplace_back([this] { threads_->attach(); });
        }
    }

    asio::thread_pool* threads() { return threads_.get(); }

    /// Waits for the work in hand.
    void join() {
        if (threads_) threads_->join();
        more_.clear();
    }

private:
    unsigned count_;
    std::unique_ptr<asio::thread_pool> threads_;
    std::vector<std::jthread> more_;
};

/// Runs blocking `work` on `pool`, then resumes the caller on its own executor with the result.
///
/// The work is never interrupted: a cancelled caller still waits for it to end. Its result must be
/// default constructible (Asio's co_spawn), or void.
template <class Work, class Value = std::invoke_result_t<Work>>
asio::awaitable<Value> offload(worker_pool& pool, Work work) {
    if (!pool.threads()) co_return work();

    auto job = [](Work work) -> asio::awaitable<Value> { co_return work(); }(std::move(work));

    // The empty slot keeps cancellation on this side. Boost 1.81 posts a raw pointer across
    // executors, and the job may no longer exist when it arrives (fixed in 1.83).
    auto shielded = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(*pool.threads(), std::move(job), shielded);
}

}  // namespace kustodrop
