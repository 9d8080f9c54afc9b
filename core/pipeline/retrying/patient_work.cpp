#include "pipeline/retrying/patient_work.hpp"

#include "async/event.hpp"
#include "async/timed_wait.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace kustodrop::pipeline {

namespace {

// The work may outlive the wait for it.
struct shared_work {
    shared_work(asio::any_io_executor executor, patient_work what)
        : executor(executor), what(std::move(what)), ended(std::move(executor)) {}

    asio::any_io_executor executor;
    patient_work what;
    work_progress progress;
    event ended;
    std::exception_ptr error = {};
    bool has_ended = false;
    bool is_awaited = true;
};

// Cleared however the caller leaves.
struct awaiting {
    explicit awaiting(std::shared_ptr<shared_work> of) : of(std::move(of)) {}
    ~awaiting() { of->is_awaited = false; }
    awaiting(const awaiting&) = delete;

    std::shared_ptr<shared_work> of;
};

}  // namespace

static void end_work(shared_work& all) {
    all.has_ended = true;
    if (all.is_awaited) {
        all.ended.notify_all();
    } else if (all.error) {
        std::rethrow_exception(all.error);
    } else {
        all.what.late();
    }
}

static void run_work(const std::shared_ptr<shared_work>& all) {
    try {
        all->what.work(all->progress);
    } catch (...) {
        all->error = std::current_exception();
    }
    asio::post(all->executor, [all] { end_work(*all); });
}

asio::awaitable<bool> offload_patiently(
    worker_pool& pool, clock& time, patient_work what, duration patience
) {
    auto executor = co_await asio::this_coro::executor;
    auto all = std::make_shared<shared_work>(executor, std::move(what));
    if (!pool.threads()) {
        all->what.work(all->progress);
        co_return true;
    }
    awaiting here(all);
    pool.post([all] { run_work(all); });
    auto steps = all->progress.steps();
    auto last_step = time.now();
    while (!all->has_ended) {
        co_await wait_until(all->ended, time, std::min(last_step + patience, time.now() + 1s));
        bool has_advanced = all->progress.steps() != steps;
        if (has_advanced) last_step = time.now();
        steps = all->progress.steps();
        if (!all->has_ended && time.now() - last_step >= patience) co_return false;
    }
    if (all->error) std::rethrow_exception(all->error);
    co_return true;
}

}  // namespace kustodrop::pipeline
