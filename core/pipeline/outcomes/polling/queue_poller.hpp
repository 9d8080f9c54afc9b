#pragma once

#include "async/clock.hpp"
#include "azure/storage/queue.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "kusto/notifications.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/outcomes/blockage.hpp"
#include "pipeline/outcomes/cleaner.hpp"
#include "pipeline/outcomes/expectations.hpp"
#include "pipeline/outcomes/outcome_handler.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/outcomes/ownership.hpp"
#include "pipeline/outcomes/polling/polling_schedule.hpp"
#include "pipeline/outcomes/polling/queue_book.hpp"
#include "pipeline/outcomes/polling/queue_patience.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Finds the notifications of posted sources in the notification queues, which all clients of the
/// cluster share. It peeks first, which leases nothing; takes messages only when a notification
/// of ours is seen or overdue; has the outcome journaled; and only then deletes that message.
/// Messages of others keep their text and are given back when the pass ends; where other daemons
/// wait for notifications too, or the SAS has no "u", their short lease is left to lapse. Where it
/// has no "r", messages are taken for a moment instead of peeked at. One reads the queues that
/// answer in time, another one those that do not.
class queue_poller {
public:
    struct parts {
        const expectations& expected;
        ownership& owners;
        outcome_handler& handler;
        cleaner& cleaning;
        queue_patience& patience;
        blockage_report& blocked;
        spool::journal& journal;
        storage_router& router;
        azure::queue_client& queues;
        clock& time;
        random_generator& random;
        logger& log;
        metrics& measured;
        queue_lane lane = queue_lane::main;
    };

    queue_poller(parts with, outcomes_options options);

    /// One pass over all queues of its lane. Whether it brought a notification of ours.
    asio::awaitable<bool> poll();

    /// How long to wait at most after a pass that would have searched, had others not held the
    /// messages; nothing after any other.
    std::optional<duration> wait_when_hidden();

    /// Whether the wait for what was due by `deadline` is over.
    bool is_over(time_point deadline) const;

    void set_options(const outcomes_options& options);

    /// Why the last pass could not read the queues, or that others block them.
    std::optional<failure> trouble() const;

private:
    /// What a peek saw at the head of a queue.
    struct head {
        std::size_t seen = 0;
        std::size_t up_to_ours = 0;  // So many must be taken to have those of ours; 0: none.
        std::optional<wall_time> oldest_foreign;
        bool is_full() const;  // There may be more behind it.
        void add_foreign(const azure::queue_message& message);
    };
    struct taken {
        bool brought = false;
        bool failed = false;
        head last;  // What was taken at last, with nothing of ours.
    };
    struct sorted {
        std::vector<azure::queue_message> ours;
        std::vector<azure::queue_message> foreign;
    };
    struct pass {
        bool may_search = false;
        bool has_searched = false;
        bool hindered = false;       // By what others hold.
        bool search_hidden = false;  // It would have searched but for what others hold.
        bool is_clear = false;       // Nothing hid anything from it, as far as it can know.
        bool holds = false;          // We still hold what an earlier one searched.
    };

    asio::awaitable<bool> drain_all(
        std::vector<azure::storage_place> queues, kusto::notification_kind kind
    );
    asio::awaitable<bool> drain(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<bool> look_once(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<bool> look_by_taking(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<bool> look_behind(
        azure::storage_place queue, kusto::notification_kind kind, head seen
    );
    asio::awaitable<result<head>> peek(azure::storage_place queue, kusto::notification_kind kind);
    bool may_ask(const azure::storage_place& queue) const {
        return with_.patience.may_ask(queue, with_.lane, with_.time.now());
    }
    asio::awaitable<taken> take(
        azure::storage_place queue, kusto::notification_kind kind, std::size_t count
    );
    asio::awaitable<bool> search(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<sorted> sort(
        std::vector<azure::queue_message> messages, kusto::notification_kind kind
    );
    asio::awaitable<bool> confirm(
        azure::storage_place queue, std::vector<azure::queue_message> ours
    );
    asio::awaitable<void> give_back(
        azure::storage_place queue, std::vector<azure::queue_message> foreign, duration lease
    );
    bool others_wait(const std::vector<azure::queue_message>& foreign) const;
    void prepare(const kusto::resource_set& resources);

    parts with_;
    outcomes_options options_;
    polling_schedule schedule_;
    pass pass_;
    bool blind_ = true;  // The last pass could not look.
    time_point held_until_{};
    time_point others_wait_until_{};  // Other daemons wait for notifications in these queues.
    queue_book book_;
    std::optional<failure> trouble_;
};

}  // namespace kustodrop::pipeline
