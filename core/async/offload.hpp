#pragma once

#include "async/clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
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
        wanted_ = std::max(wanted_, threads);
        while (threads_ && count_ < wanted_ + lost()) add_thread();
    }

    /// Call it about once a second: work that has run for ten calls hangs, and another thread takes
    /// the place of the one it holds, so that other work continues. Bounded.
    void relieve();

    /// More threads in the place of `held` ones, which work holds that may not return; no more than
    /// relieve() would add. Bounded.
    void stand_in(std::size_t held) {
        auto most = wanted_ + static_cast<unsigned>(std::min<std::size_t>(held, most_lost));
        while (threads_ && count_ < most) add_thread();
    }

    asio::thread_pool* threads() { return threads_.get(); }

    /// Runs work on one of the threads.
    void post(std::function<void()> work) {
        asio::post(*threads_, [this, work = std::move(work)] {
            job here(*this);
            work();
        });
    }

    /// Held by work while it runs.
    class job {
    public:
        explicit job(worker_pool& pool) : pool_(pool) {
            std::lock_guard lock(pool_.mutex_);
            at_ = pool_.running_.emplace(pool_.running_.end(), 0u);
        }
        ~job() {
            std::lock_guard lock(pool_.mutex_);
            pool_.running_.erase(at_);
        }
        job(const job&) = delete;

    private:
        worker_pool& pool_;
        std::list<unsigned>::iterator at_;
    };

    /// Waits for the work in hand.
    void join() {
        if (threads_) threads_->join();
        more_.clear();
    }

private:
    static constexpr unsigned calls_of_a_hang = 10;
    static constexpr unsigned most_lost = 128;

    unsigned lost();
    void add_thread() {
        more_.emplace_back([this] { threads_->attach(); });
        ++count_;
    }

    unsigned count_;
    unsigned wanted_ = count_;
    std::unique_ptr<asio::thread_pool> threads_;
    std::vector<std::jthread> more_;
    std::mutex mutex_;             // Of what follows.
    std::list<unsigned> running_;  // Work in hand: how many calls of relieve() it has seen.
};

/// Runs blocking `work` on `pool`, then resumes the caller on its own executor with the result.
///
/// The work is never interrupted: a cancelled caller still waits for it to end. Its result must be
/// default constructible (Asio's co_spawn), or void.
template <class Work, class Value = std::invoke_result_t<Work>>
asio::awaitable<Value> offload(worker_pool& pool, Work work) {
    if (!pool.threads()) co_return work();

    auto job = [](worker_pool& where, Work what) -> asio::awaitable<Value> {
        worker_pool::job here(where);
        co_return what();
    }(pool, std::move(work));

    // The empty slot keeps cancellation on this side. Boost 1.81 posts a raw pointer across
    // executors, and the job may no longer exist when it arrives (fixed in 1.83).
    auto shielded = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(*pool.threads(), std::move(job), shielded);
}

}  // namespace kustodrop
