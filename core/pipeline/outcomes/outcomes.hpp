#pragma once

#include "async/event.hpp"
#include "async/recurring.hpp"
#include "kusto/rest/rest_access.hpp"
#include "pipeline/outcomes/cleaner.hpp"
#include "pipeline/outcomes/expectations.hpp"
#include "pipeline/outcomes/lost_answers.hpp"
#include "pipeline/outcomes/outcome_handler.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/outcomes/ownership.hpp"
#include "pipeline/outcomes/polling/operation_poller.hpp"
#include "pipeline/outcomes/polling/queue_poller.hpp"
#include "pipeline/outcomes/polling/table_poller.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct outcomes_parts {
    roster& sources;
    absent_sources& absent;
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
    kusto::rest_access rest = {};
};

/// Brings every posted source to its outcome: polls for the service's notifications and asks for
/// operations, and ends the wait when outcome_timeout has passed. When `settled` is called the
/// outcome is recorded but not yet durable; it is durable before the notification is deleted.
///
/// Large because the three places of reports share one wait, one end and one report of trouble.
class outcomes {
public:
    outcomes(
        asio::any_io_executor executor,
        const outcomes_parts& with,
        const outcomes_options& options,
        routing& next
    );

    /// The service has this source, or may have it: its notification is awaited.
    void expect(const spool::source& posted);

    /// The answer to a streaming request, in the form of a notification.
    void apply(const kusto::notification& answered) { handler_.apply(answered); }

    /// Polls while something is outstanding, until cancelled. Spawn once.
    asio::awaitable<void> run();

    /// Polls the queues that are slow, so that the others do not wait for them. Spawn once.
    asio::awaitable<void> run_apart();

    /// Deletes and gives back messages, until cancelled. Spawn a few times, and one or two for the
    /// queues that are slow.
    asio::awaitable<void> run_cleaner() { return cleaner_.run(); }
    asio::awaitable<void> run_cleaner_apart() { return cleaner_apart_.run(); }

    /// Obeyed from the next pass on, and by what is expected from now on.
    void set_options(const outcomes_options& options);

    /// Sources that were posted and have no outcome yet. One whose post is to be repeated is not
    /// among them, even if a report on an earlier post may still come.
    std::size_t outstanding() const;

    /// Why the outcomes of some sources or of all could not be read by the last pass, or that the
    /// notifications of others block them. Nothing where none is awaited, for then none is read.
    std::optional<failure> trouble() const;

private:
    queue_poller::parts parts_for(queue_lane lane, const outcomes_parts& with);
    bool awaits_none() const {
        return expected_.empty() && sources_.parked() == 0 && absent_.empty();
    }
    spool::report_places places_of(const spool::source& what) const;
    spool::report_places places_to_read();
    asio::awaitable<bool> poll();
    asio::awaitable<void> pause();
    bool is_over(time_point deadline) const;
    std::optional<failure> notification_trouble() const;
    std::optional<failure> reading_trouble() const;
    std::string unread_because(const spool::source& what) const;
    void say_trouble();
    void say_begin(const std::string& table, const failure& why);
    void say_end(const std::string& table);
    std::vector<std::string> overdue() const;
    bool is_held_past_timeout(const spool::source& what) const;
    void end_waiting();
    void end_repeating();

    roster& sources_;
    absent_sources& absent_;
    clock& time_;
    logger& log_;
    outcomes_options options_;
    event changed_;
    expectations expected_;
    lost_answers lost_;
    spool::report_places read_;  // By the last poll.
    ownership owners_;
    queue_patience patience_;
    blockage_report blocked_;
    struct {
        azure::queue_client quick;  // Ends the wait for an answer soon.
        azure::queue_client patient;
    } clients_;
    cleaner cleaner_;
    cleaner cleaner_apart_;
    outcome_handler handler_;
    queue_poller queues_;
    queue_poller queues_apart_;
    event asked_;  // Slow queues may be read.
    table_poller table_;
    operation_poller operations_;
    struct {
        recurring reports{{10min, 256}};  // The troubles of reading, by table.
        std::set<std::string> failing;    // The tables of those, as of the last pass.
    } said_;
};

}  // namespace kustodrop::pipeline
