#include "pipeline/shipping/uploading/reading_lanes.hpp"

#include "async/event.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <exception>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace kustodrop::pipeline {

// Calls of look(). A read that does not get on for so long hangs.
static constexpr unsigned longest_rest = 10;

struct reading_lanes::reading {
    reading(asio::any_io_executor executor, std::string of, work what)
        : watch(std::move(of)), progress(what.progress), ended(std::move(executor)) {}

    bool is_waited_for() const { return !finished && !left; }

    std::string watch;
    std::function<std::uint64_t()> progress;
    event ended;
    std::atomic<bool> started = false;
    std::optional<block> made;
    std::exception_ptr thrown;
    bool finished = false;
    bool left = false;  // By its caller.
    std::uint64_t last_progress = 0;
    unsigned rest = 0;  // Calls of look() without progress.
};

struct reading_lanes::state {
    struct lane {
        unsigned busy = 0;
        unsigned hanging = 0;
        std::list<event*> waiting = {};

        void wake_next() {
            if (!waiting.empty()) waiting.front()->notify_all();
        }
        void wake_all() {
            for (auto* one : waiting) one->notify_all();
        }
    };

    // A place in a lane's line, left however the wait ends.
    struct place {
        place(lane& in, event& woken) : in(in), at(in.waiting.insert(in.waiting.end(), &woken)) {}
        ~place() {
            in.waiting.erase(at);
            in.wake_next();
        }
        place(const place&) = delete;
        lane& in;
        std::list<event*>::iterator at;
    };

    bool is_first(const lane& of, const event& me) const {
        return of.waiting.front() == &me && of.busy < most;
    }

    void finish(const std::shared_ptr<reading>& one) {
        one->finished = true;
        running.remove(one);
        auto& mine = lanes[one->watch];
        --mine.busy;
        if (one->left && --mine.hanging == 0) {
            log.info("the watched folder answers again", {{"watch", one->watch}});
        }
        mine.wake_next();
        one->ended.notify_all();
    }

    void leave(reading& one) {
        one.left = true;
        auto& mine = lanes[one.watch];
        if (mine.hanging++ == 0) {
            log.error(
                "the watched folder does not answer: a read does not return; look at its mount and "
                "the server of that; its files wait until it answers",
                {{"watch", one.watch}}
            );
        }
        one.ended.notify_all();
        mine.wake_all();
    }

    logger& log;
    unsigned most;
    std::map<std::string, lane> lanes = {};
    std::list<std::shared_ptr<reading>> running = {};
};

reading_lanes::reading_lanes(worker_pool& pool, logger& log, unsigned reads_of_a_watch)
    : state_(std::make_shared<state>(state{log, reads_of_a_watch})), pool_(pool) {}

reading_lanes::~reading_lanes() = default;

bool reading_lanes::hangs(const std::string& watch) const {
    auto found = state_->lanes.find(watch);
    return found != state_->lanes.end() && found->second.hanging > 0;
}

void reading_lanes::look() {
    auto all = state_->running;
    for (auto& one : all) {
        if (!one->started || !one->is_waited_for()) continue;
        auto progress = one->progress();
        bool gets_on = progress != one->last_progress;
        one->rest = gets_on ? 0 : one->rest + 1;
        one->last_progress = progress;
        if (one->rest >= longest_rest) state_->leave(*one);
    }
}

template <class Reading>
static asio::awaitable<void> wait_for(std::shared_ptr<Reading> one) {
    while (one->is_waited_for()) co_await one->ended.wait();
}

asio::awaitable<reading_lanes::block> reading_lanes::run(std::string watch, work what) {
    if (!pool_.threads()) co_return what.read();
    auto executor = co_await asio::this_coro::executor;
    auto shared = state_;
    auto& mine = shared->lanes[watch];
    {
        event woken(executor);
        state::place here(mine, woken);
        while (mine.hanging == 0 && !shared->is_first(mine, woken)) co_await woken.wait();
        if (mine.hanging > 0) co_return folder_hangs();
        ++mine.busy;
    }
    auto one = std::make_shared<reading>(executor, std::move(watch), what);
    shared->running.push_back(one);
    // What it holds is let go of here, its own place on the thread of the loop.
    auto job = [executor, shared, one, read = std::move(what.read)]() mutable {
        one->started = true;
        try {
            one->made.emplace(read());
        } catch (...) {
            one->thrown = std::current_exception();
        }
        read = {};
        asio::post(executor, [shared = std::move(shared), one = std::move(one)] {
            shared->finish(one);
        });
    };
    pool_.post(std::move(job));
    what = {};
    std::exception_ptr cancelled;
    try {
        co_await wait_for(one);
    } catch (...) {
        cancelled = std::current_exception();
    }
    if (cancelled) {
        // A read that gets on is waited for, as for all work on a thread.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await wait_for(one);
        std::rethrow_exception(cancelled);
    }
    if (!one->finished) co_return folder_hangs();
    if (one->thrown) std::rethrow_exception(one->thrown);
    co_return std::move(*one->made);
}

}  // namespace kustodrop::pipeline
