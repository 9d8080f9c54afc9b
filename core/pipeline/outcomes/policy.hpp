#pragma once

#include "pipeline/outcomes/failure_keys.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/watch/target_gate.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <variant>

/// What a notification, or its absence, means for a source (docs/protocol.md §9). Pure.
namespace kustodrop::pipeline {

/// What becomes of a source next.
namespace action {
struct ignore {};  // What was reported is known, or the source is settled.
struct wait {};    // A further notification decides.
struct settle {
    spool::outcome_record record;
};
struct park {  // Unconfirmed: kept in work/ until a late notification or `retry`.
    spool::outcome_record record;
};
struct post_again {};           // Its blob is good.
struct post_with_new_token {};  // Its identity token was refused.
struct upload_again {};         // Its blob is of no use, or not known.
struct repost {};               // on_unconfirmed: repost. It may become a duplicate.
struct split_source {           // One of its files is to blame: the halves are sent apart.
    spool::outcome_record record;
};
struct hold_for_target {};     // Its watch pauses until the target is put right.
struct send_to_new_target {};  // The target that refused it has been replaced.
}  // namespace action

using any_action = std::variant<
    action::ignore,
    action::wait,
    action::settle,
    action::park,
    action::post_again,
    action::post_with_new_token,
    action::upload_again,
    action::repost,
    action::split_source,
    action::hold_for_target,
    action::send_to_new_target>;

/// "ignore" … "send_to_new_target".
std::string_view name_of(const any_action&);

/// A source and what bears on it.
struct source_facts {
    const spool::source& source;
    bool is_parked = false;
    bool is_watched = false;  // Its watch is configured; what follows is of that watch.
    std::string target = {};
    wall_time target_since = {};  // When a reload brought the target; the epoch: none did.
    unconfirmed_action on_unconfirmed = unconfirmed_action::keep;
    bool deduplicates = false;  // Its messages say ingestIfNotExists.
    const target_gate* gate = nullptr;
};

struct policy_options {
    report_level reports = report_level::all;
    unsigned resend_limit = 5;
    std::string unread_because = {};  // Why notifications cannot be read; empty: they can.
};

struct moment {
    time_point now;
    wall_time wall_now;
};

/// What to do about a notification.
struct decision {
    any_action next = action::wait{};
    bool is_new_failure = false;  // The end of one post, which is to be noted.
    bool is_new_copy = false;     // So is this one, but the last failure is still the last one.
    bool target_refused = false;  // It counts towards the pause of the watch.
};

decision decide(
    const source_facts& known,
    const kusto::notification& notification,
    const policy_options& options,
    const moment& at
);

/// What to do about a posted source when outcome_timeout has passed.
any_action decide_on_timeout(
    const source_facts& known, const policy_options& options, const moment& at
);

/// The stage from which a source continues when its folder, absent now, is there again; nothing:
/// the present one. What has to be sent again is sent then.
std::optional<spool::any_stage> stage_while_absent(
    const spool::source& source, const any_action& next
);

/// How many of its posts the service can never report on: posts by REST whose answer was lost, so
/// that their operations cannot be asked for.
unsigned silent_posts(const spool::source& source);

/// The record of what a notification reports.
spool::outcome_record record_of(const kusto::notification& notification, wall_time at);

/// Whether the source is posted once more, now or later. Pure.
bool sends_again(const any_action& next);

/// Whether every file of the watch would fail alike.
bool is_about_target(std::string_view code);

}  // namespace kustodrop::pipeline
