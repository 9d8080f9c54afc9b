#include "pipeline/outcomes/outcome_handler.hpp"

#include "base/text.hpp"
#include "pipeline/dividing.hpp"
#include "pipeline/targets/remedies.hpp"

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using kusto::notification;

outcome_handler::outcome_handler(parts with, outcomes_options options, routing& next)
    : with_(with), options_(options), next_(next) {}

// What the configuration says now. A path that has no target any more keeps the one it had.
static std::string present_target(const spool::source& what, const watch& from) {
    auto now = from.recorded_target(what);
    return now.empty() ? what.target : now;
}

source_facts outcome_handler::facts_of(const spool::source& what) {
    source_facts out{what};
    out.is_parked = with_.sources.is_parked(what);
    auto* from = with_.watches.find(what.watch);
    if (!from) return out;
    out.is_watched = true;
    out.target = present_target(what, *from);
    out.target_since = from->former_targets.since();
    // A reload that left the target of this path as it was has corrected nothing.
    bool is_same = is_destination(what.target) && what.target == out.target;
    if (is_same) out.target_since = {};
    out.on_unconfirmed = from->options.on_unconfirmed;
    auto where = from->target_for(what);
    out.deduplicates = where && where->deduplicate;
    out.gate = &from->gates.of(what.target);
    return out;
}

// Operations report all, whatever messages ask for.
policy_options outcome_handler::policy(const spool::source& what) const {
    auto reports = what.reported.in_operation ? report_level::all : options_.reports;
    return {reports, options_.resend_limit, {}};
}

void outcome_handler::note_failure(spool::source& what, const notification& failed) {
    what.failure_keys.push_back(failure_key(failed));
    if (kusto::is_dropped_copy(failed.code)) return;
    what.last_failure = record_of(failed, with_.time.wall_now());
    what.posts_before_failure = what.posts;
    what.token_refused = what.token_refused || is_refused_token(failed.code);
}

void outcome_handler::apply(const kusto::notification& reported) {
    auto* what = with_.sources.find(reported.source_id);
    if (!what) {
        // Otherwise it was retired before: its notification came again.
        if (auto* absent = with_.absent.find(reported.source_id))
            apply_to_absent(*absent, reported);
        return;
    }
    auto decided = decide(facts_of(*what), reported, policy(*what), now());
    with_.log.debug(
        "notification",
        {{"watch", what->watch},
         {"source", what->id},
         {"code", reported.success ? "success" : reported.code},
         {"next", std::string(name_of(decided.next))}}
    );
    auto cause = record_of(reported, with_.time.wall_now());
    if (decided.is_new_failure || decided.is_new_copy) {
        note_failure(*what, reported);
        with_.sources.note(*what);  // Durable before the notification is deleted.
    }
    if (decided.is_new_copy && what->last_failure) cause = *what->last_failure;
    if (decided.target_refused) count_refusal(*what, cause);
    perform(*what, decided.next, cause);
}

void outcome_handler::handle_timeout(spool::source& what, std::string unread_because) {
    with_.expected.remove(what.id);
    auto options = policy(what);
    options.unread_because = std::move(unread_because);
    auto next = decide_on_timeout(facts_of(what), options, now());
    spool::outcome_record cause;
    if (what.last_failure) cause = *what.last_failure;
    perform(what, next, cause);
}

void outcome_handler::apply_to_absent(spool::source& what, const notification& reported) {
    source_facts known{what};
    auto* record = spool::outcome_of(what.stage);
    known.is_parked = record && record->outcome == spool::outcome::unconfirmed;
    auto decided = decide(known, reported, policy(what), now());
    auto next = stage_while_absent(what, decided.next);
    with_.log.debug(
        "notification of a source whose folder is absent: recorded",
        {{"watch", what.watch},
         {"source", what.id},
         {"code", reported.success ? "success" : reported.code},
         {"next", std::string(name_of(decided.next))}}
    );
    bool is_new = decided.is_new_failure || decided.is_new_copy;
    if (is_new) note_failure(what, reported);
    if (next) {
        if (sends_again(decided.next)) refuse_token_of(what);
        what.stage = std::move(*next);
        with_.expected.remove(what.id);
    }
    if (next || is_new) with_.absent.record(what);
}

namespace {

template <class... Cases>
struct cases : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
cases(Cases...) -> cases<Cases...>;

}  // namespace

void outcome_handler::perform(
    spool::source& what, const any_action& next, const spool::outcome_record& cause
) {
    if (sends_again(next)) refuse_token_of(what);
    std::visit(
        cases{
            [](const action::ignore&) {},
            [](const action::wait&) {},
            [&](const action::settle& found) { settle(what, found.record); },
            [&](const action::park& found) { park(what, found.record); },
            [&](const action::post_again&) { resend(what, spool::unposted(what.stage), cause); },
            [&](const action::post_with_new_token&) {
                resend(what, spool::unposted(what.stage), cause);
            },
            [&](const action::upload_again&) { resend(what, stage::claimed{}, cause); },
            [&](const action::repost&) { repost(what); },
            [&](const action::split_source& found) { split(what, found.record); },
            [&](const action::hold_for_target&) { hold(what); },
            [&](const action::send_to_new_target&) { send_to_new_target(what, cause.code); }},
        next
    );
}

void outcome_handler::settle(spool::source& what, spool::outcome_record record) {
    with_.expected.remove(what.id);
    auto* from = with_.watches.find(what.watch);
    bool was_reported = record.outcome != spool::outcome::unconfirmed;
    if (from && was_reported && !is_about_target(record.code))
        from->gates.of(what.target).accepted(what.id);
    if (with_.sources.is_parked(what)) with_.sources.unpark(what);
    with_.sources.advance(what, stage::settled{std::move(record)});
    next_.settled(what);
}

void outcome_handler::park(spool::source& what, spool::outcome_record record) {
    with_.log.warning(
        "unconfirmed: no outcome was reported in time; kept in work/ until a late notification or "
        "`kustodrop retry`",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"detail", record.details}}
    );
    with_.sources.park(what, std::move(record));
}

// Nothing is awaited of it until it is posted again.
static bool is_answered(const spool::source& what) {
    return what.failure_keys.size() >= what.posts;
}

void outcome_handler::resend(
    spool::source& what, spool::any_stage from, const spool::outcome_record& cause
) {
    bool uploads = std::holds_alternative<stage::claimed>(from);
    with_.log.warning(
        uploads ? "the service could not read the blob: it is uploaded again"
                : "the service did not ingest the blob: it is posted again",
        {{"watch", what.watch},
         {"source", what.id},
         {"code", cause.code},
         {"details", cause.details}}
    );
    metric_labels labels{{"operation", uploads ? "upload" : "post"}, {"reason", cause.code}};
    with_.measured.count("kustodrop_retries_total", labels).add();
    if (is_answered(what)) with_.expected.remove(what.id);
    if (with_.sources.is_parked(what)) with_.sources.unpark(what);
    with_.sources.advance(what, std::move(from));
    auto wait = next_wait(what.posts, options_.resend_backoff, std::nullopt, with_.random);
    with_.ready.push(what.id, with_.time.now() + wait);
}

// Where the token of a post was refused, that of the last one is not used again: of several posts
// it is not known which one had the refused token. One that was fetched since is not to blame, nor
// is that of this run for a post of an earlier one.
void outcome_handler::refuse_token_of(const spool::source& what) {
    if (what.token_refused) with_.identity_token.refuse(what.token_number);
}

// The blob may have been deleted with its ingestion, so it is uploaded again.
void outcome_handler::repost(spool::source& what) {
    with_.log.warning(
        "unconfirmed: no outcome was reported in time; sent again, which may be a duplicate",
        {{"watch", what.watch}, {"source", what.id}, {"file", what.slices.front().name}}
    );
    ++what.ambiguous_posts;
    with_.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what.watch}}).add();
    with_.sources.advance(what, stage::claimed{});
    with_.ready.push(what.id, with_.time.now());
}

void outcome_handler::split(spool::source& what, spool::outcome_record record) {
    with_.expected.remove(what.id);
    auto* from = with_.watches.find(what.watch);
    if (from) from->gates.of(what.target).accepted(what.id);
    divide({with_.sources, with_.ready, with_.time, with_.random, with_.log}, what, record);
}

void outcome_handler::count_refusal(const spool::source& what, const spool::outcome_record& cause) {
    auto& gate = with_.watches.find(what.watch)->gates.of(what.target);
    bool was_paused = gate.is_paused();
    gate.refused({what.id, cause.code, cause.details, what.slices.size()}, with_.time.now());
    if (was_paused || !gate.is_paused()) return;
    with_.log.error(
        is_destination(what.target)
            ? "a target of the watch is paused: the service refuses it; its files wait and one is "
              "tried now and then"
            : "the watch is paused: the service refuses its target; files wait and one is tried "
              "now and then",
        {{"watch", what.watch},
         {"target", shown_target(what.target)},
         {"code", cause.code},
         {"details", with_remedy(cause.code, cause.details)}}
    );
}

void outcome_handler::hold(spool::source& what) {
    if (is_answered(what)) with_.expected.remove(what.id);
    with_.sources.advance(what, spool::unposted(what.stage));
    with_.watches.find(what.watch)->gates.of(what.target).hold(what.id);
}

void outcome_handler::send_to_new_target(spool::source& what, std::string_view code) {
    auto target = present_target(what, *with_.watches.find(what.watch));
    with_.log.info(
        "refused by the former target: sent to the new one",
        {{"watch", what.watch},
         {"source", what.id},
         {"former", shown_target(what.target)},
         {"target", shown_target(target)},
         {"code", std::string(code)}}
    );
    what.target = std::move(target);
    with_.expected.remove(what.id);
    // An unconfirmed one is in work/ as before; its blob may have been deleted.
    if (with_.sources.is_parked(what)) with_.sources.unpark(what);
    with_.sources.advance(what, spool::unposted(what.stage));
    with_.ready.push(what.id, with_.time.now());
}

}  // namespace kustodrop::pipeline
