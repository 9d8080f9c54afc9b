#pragma once

#include "async/clock.hpp"
#include "async/timed_wait.hpp"
#include "async/work_queue.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/table.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "kusto/notifications.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/outcomes/dividing.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/retiring/retirement.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/patience.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

struct outcomes_parts {
    roster& sources;
    ready_queue& ready;
    watch_table& watches;
    spool::journal& journal;
    storage_router& router;
    refreshed<secret>& identity_token;
    azure::queue_client& queues;
    azure::table_client& tables;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
};

/// Finds the service's word on every posted source in the notification queues, which all clients
/// of the cluster share. It peeks first, which leases nothing; takes messages only when one of ours
/// is seen or overdue; journals the outcome; and only then deletes that message. Messages of
/// others keep their text and are given back when the pass ends; where others wait for words too,
/// their short lease is left to lapse, and all see past them meanwhile. With in_table it reads the
/// status table's rows instead, which nobody else has a hand in.
class outcomes {
public:
    outcomes(
        asio::any_io_executor executor,
        outcomes_parts parts,
        outcomes_options options,
        routing& next
    );

    /// The service has this source: its word is to come.
    void expect(spool::source& posted);

    /// Polls while something is outstanding, until cancelled. Spawn once.
    asio::awaitable<void> run();

    /// Deletes and gives back messages. Spawn a few times.
    asio::awaitable<void> run_cleaner();

    /// Obeyed from the next pass on, and by what is expected from now on.
    void set_options(outcomes_options options);

    std::size_t outstanding() const { return expected_.size(); }

    /// The cause when the last pass could not read the queues, or found them blocked by others.
    std::optional<failure> trouble() const;

private:
    struct expectation {
        time_point posted_at{};
    };
    using expectations = std::unordered_map<std::string, expectation>;
    struct aged {
        const expectations::value_type* entry = nullptr;  // In expected_: it stays where it is.

        time_point posted_at() const { return entry->second.posted_at; }
        bool operator<(const aged& other) const {
            return std::pair(posted_at(), std::string_view(entry->first)) <
                   std::pair(other.posted_at(), std::string_view(other.entry->first));
        }
    };
    struct cleaning {
        azure::storage_place queue;
        azure::queue_message message;
        bool remove = false;  // Else given back.
    };
    struct sorted {
        std::vector<azure::queue_message> ours;
        std::vector<azure::queue_message> foreign;
    };
    /// What a peek saw at the head of a queue.
    struct head {
        std::size_t seen = 0;
        std::size_t up_to_ours = 0;  // So many must be taken to have those of ours; 0: none.
        std::optional<wall_time> oldest_foreign;
        bool full() const;  // There may be more behind it.
    };
    /// Foreign messages that stand in front of ours.
    struct blockage {
        std::size_t messages = 0;
        std::optional<wall_time> oldest;
    };

    asio::awaitable<bool> pass();
    asio::awaitable<bool> read_rows();
    asio::awaitable<bool> read_rows_of(
        std::string source_id, std::vector<azure::storage_place> tables
    );
    asio::awaitable<std::optional<kusto::notification>> read_row(
        azure::storage_place table, azure::row_key key
    );
    std::vector<std::string> rows_due();
    asio::awaitable<void> pause();
    duration age_of_youngest(time_point now) const;
    asio::awaitable<bool> drain_whole(azure::storage_place queue, kusto::notification_kind kind);
    bool is_hidden(const std::string& queue, std::size_t met);
    asio::awaitable<bool> drain(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<result<head>> look(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<bool> take(
        azure::storage_place queue, kusto::notification_kind kind, std::size_t count
    );
    asio::awaitable<bool> dig(azure::storage_place queue, kusto::notification_kind kind);
    asio::awaitable<void> give_back(
        azure::storage_place queue, std::vector<azure::queue_message> foreign, duration lease
    );
    asio::awaitable<bool> finish(
        azure::storage_place queue, std::vector<azure::queue_message> ours
    );
    asio::awaitable<sorted> sort(
        std::vector<azure::queue_message> messages, kusto::notification_kind kind
    );
    asio::awaitable<bool> is_ours(std::string source_id);
    asio::awaitable<void> clean(
        azure::storage_place queue, std::vector<azure::queue_message> messages, bool remove
    );
    asio::awaitable<void> wait_for_cleaners();

    void take_word(const kusto::notification& word);
    bool hear(
        spool::source& what, const kusto::notification& word, const spool::outcome_record& verdict
    );
    void act_on_failure(spool::source& what, const kusto::notification& word);
    void tell_apart(spool::source& what, spool::outcome_record word);
    bool was_for_former_target(const spool::source& what, const kusto::notification& word);
    void send_to_new_target(spool::source& what, const kusto::notification& word);
    bool hold_for_target(spool::source& what, const kusto::notification& word);
    void settle(spool::source& what, spool::outcome_record word);
    void send_again(spool::source& what, const kusto::notification& word, bool upload);
    void expire();
    void forget(const std::string& source_id);
    std::vector<std::string> due() const;
    void end_waiting(spool::source& what);
    bool repost_unconfirmed(spool::source& what);
    std::optional<time_point> oldest_post() const;
    void remember_foreign(const std::string& source_id);
    void note_blockage(kusto::notification_kind kind, const blockage& found);

    outcomes_parts with_;
    outcomes_options options_;
    routing& next_;
    expectations expected_;
    std::set<aged> by_age_;                    // The same, the oldest first: so do deadlines come.
    std::unordered_set<std::string> foreign_;  // Ids known not to be ours, for a while.
    work_queue<cleaning> to_clean_;
    std::size_t cleaning_ = 0;
    event cleaned_;
    event stirred_;
    patience patience_;
    bool may_dig_ = false;   // In this pass.
    bool dug_ = false;       // In this pass.
    bool hindered_ = false;  // In this pass, by what others hold.
    bool thwarted_ = false;  // In this pass, which would have dug but for what others hold.
    bool clear_ = false;     // Nothing hid anything from this pass, as far as it can know.
    bool blind_ = true;      // The last pass could not look.
    std::unordered_map<std::string, time_point> next_row_reads_;  // By source id.
    time_point held_until_{};
    time_point company_until_{};  // Others wait for words in these queues.
    std::map<kusto::notification_kind, blockage> blocked_;
    std::unordered_map<std::string, std::size_t> met_of_late_;  // Messages in a queue, by its name.
    std::optional<failure> trouble_;
};

}  // namespace kustodrop::pipeline
