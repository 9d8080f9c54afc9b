#pragma once

#include "async/clock.hpp"
#include "async/refreshed.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "kusto/notifications.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/outcomes/expectations.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/outcomes/policy.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"

namespace kustodrop::pipeline {

/// Does what the policy decides: to the roster and its journal, the ready queue, the watch and the
/// expectations. Plain calls: what they record is queued when they return, not yet durable.
class outcome_handler {
public:
    struct parts {
        roster& sources;
        absent_sources& absent;
        ready_queue& ready;
        watch_table& watches;
        expectations& expected;
        refreshed<secret>& identity_token;
        clock& time;
        random_generator& random;
        logger& log;
        metrics& measured;
    };

    outcome_handler(parts with, outcomes_options options, routing& next);

    /// The service reports on a post. Nothing happens when the source is unknown or settled; of one
    /// whose folder is absent only the record changes.
    void apply(const kusto::notification& notification);

    /// outcome_timeout has passed for a posted source. `unread_because` says why notifications
    /// cannot be read, if they cannot.
    void handle_timeout(spool::source& what, std::string unread_because = {});

    void set_options(const outcomes_options& options) { options_ = options; }

private:
    source_facts facts_of(const spool::source& what);
    moment now() const { return {with_.time.now(), with_.time.wall_now()}; }
    policy_options policy(const spool::source& what) const;
    void apply_to_absent(spool::source& what, const kusto::notification& reported);
    void note_failure(spool::source& what, const kusto::notification& failed);
    void perform(spool::source& what, const any_action& next, const spool::outcome_record& cause);
    void settle(spool::source& what, spool::outcome_record record);
    void park(spool::source& what, spool::outcome_record record);
    void resend(spool::source& what, spool::any_stage from, const spool::outcome_record& cause);
    void refuse_token_of(const spool::source& what);
    void repost(spool::source& what);
    void split(spool::source& what, spool::outcome_record record);
    void count_refusal(const spool::source& what, const spool::outcome_record& cause);
    void hold(spool::source& what);
    void send_to_new_target(spool::source& what, std::string_view code);

    parts with_;
    outcomes_options options_;
    routing& next_;
};

}  // namespace kustodrop::pipeline
