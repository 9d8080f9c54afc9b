// What becomes of messages that the poller has taken: ours are deleted, those of others go back.
#include "base/defect.hpp"
#include "pipeline/outcomes/outcomes.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;

static constexpr duration soon = 1s;

// The outcome is on disk before the notification goes (docs/architecture.md §2).
asio::awaitable<bool> outcomes::finish(storage_place queue, std::vector<queue_message> ours) {
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) co_return false;
    co_await clean(queue, std::move(ours), true);
    co_return true;
}

// Where others wait for words as well, the leases are left to lapse: giving each message back would
// cost every daemon as many requests as there are messages, and till then all of them see what
// stands behind. Where only what was there before our oldest post is met, all go back at once, but
// for leases that end as soon by themselves.
asio::awaitable<void> outcomes::give_back(
    storage_place queue, std::vector<queue_message> foreign, duration lease
) {
    auto now = with_.time.now();
    auto oldest = oldest_post();
    bool discard = options_.discard_foreign || defect("delete_foreign_messages");
    auto age = oldest ? now - *oldest : duration();
    auto before =
        with_.time.wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(age);
    auto was_there = [before](const queue_message& one) { return one.inserted_at < before; };
    bool others_wait = oldest && !std::ranges::all_of(foreign, was_there);
    if (others_wait) company_until_ = now + options_.outcome_timeout;
    std::size_t held = 0;
    if (!discard && (now < company_until_ || lease <= soon)) {
        held = foreign.size();
        foreign.clear();
        if (held > 0) held_until_ = now + lease;
    }
    auto count = foreign.size();
    co_await clean(queue, std::move(foreign), discard);
    co_await wait_for_cleaners();
    with_.log.debug(
        "dug through a queue",
        {{"queue", queue.name},
         {discard ? "deleted" : "given_back", std::to_string(count)},
         {"held", std::to_string(held)},
         {"lease_ms", std::to_string(lease / 1ms)}}
    );
}

asio::awaitable<void> outcomes::clean(
    storage_place queue, std::vector<queue_message> messages, bool remove
) {
    for (auto& message : messages) {
        cleaning task;
        task.queue = queue;
        task.message = std::move(message);
        task.remove = remove;
        ++cleaning_;
        bool accepted = co_await to_clean_.push(std::move(task));
        if (!accepted) --cleaning_;
    }
}

asio::awaitable<void> outcomes::wait_for_cleaners() {
    while (cleaning_ > 0) co_await cleaned_.wait();
}

asio::awaitable<void> outcomes::run_cleaner() {
    for (;;) {
        auto task = co_await to_clean_.pop();
        if (!task) co_return;
        result<void> done;
        if (task->remove) {
            done = co_await with_.queues.remove(task->queue.location, task->message);
        } else {
            done = co_await with_.queues.release(task->queue.location, task->message);
        }
        --cleaning_;
        cleaned_.notify_all();
        if (!done.has_error()) continue;
        // The lease ends by itself, and the word is known by its id when it comes again.
        with_.log.debug(
            task->remove ? "a notification was not deleted" : "a message was not given back",
            {{"code", done.error().code.text()}, {"detail", done.error().message()}}
        );
    }
}

}  // namespace kustodrop::pipeline
