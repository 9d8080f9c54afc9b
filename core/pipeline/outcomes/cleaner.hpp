#pragma once

#include "async/event.hpp"
#include "async/work_queue.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/storage_place.hpp"
#include "base/log.hpp"
#include "pipeline/outcomes/polling/queue_patience.hpp"

#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Ends what the poller has begun with messages that it took: several workers delete or give back
/// one message after the other. A failure is only logged: the lease ends by itself, and a
/// notification is known by its id when it comes again. What a slow queue has left over is dropped.
class cleaner {
public:
    struct parts {
        azure::queue_client& queues;
        queue_patience& patience;
        const time_source& time;
        logger& log;
        queue_lane lane = queue_lane::main;
    };

    cleaner(asio::any_io_executor executor, parts with);

    /// Works until cancelled. Spawn a few times.
    asio::awaitable<void> run();

    /// These return when every message is accepted, not when it is done.
    asio::awaitable<void> remove(
        azure::storage_place queue, std::vector<azure::queue_message> messages
    );
    asio::awaitable<void> give_back(
        azure::storage_place queue, std::vector<azure::queue_message> messages
    );

    /// Whether messages of this queue can be given back: the SAS has "u", or does not say and was
    /// not refused. Elsewhere their leases are left to lapse.
    bool may_give_back(const azure::storage_place& queue) const;

    /// Returns when all that was accepted is done.
    asio::awaitable<void> finish();

private:
    enum class act { remove, give_back };
    struct task {
        azure::storage_place queue;
        azure::queue_message message;
        act what = act::give_back;
    };
    asio::awaitable<void> accept(
        azure::storage_place queue, std::vector<azure::queue_message> messages, act what
    );

    asio::awaitable<void> perform(task one);
    void note_failure(const task& one, const failure& why);

    parts with_;
    work_queue<task> tasks_;
    std::size_t unfinished_ = 0;
    event finished_one_;
    std::set<std::string> not_updatable_;  // Queues, by account and name.
};

}  // namespace kustodrop::pipeline
