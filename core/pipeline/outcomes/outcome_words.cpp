// What the poller makes of the service's words.
#include "base/crypto/crypto.hpp"
#include "base/defect.hpp"
#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "pipeline/outcomes/outcomes.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

void outcomes::expect(spool::source& posted) {
    forget(posted.id);
    auto [place, fresh] = expected_.try_emplace(posted.id);
    auto& waits = place->second;
    auto now = with_.time.now();
    // A resumed source has waited before; a clock that was set back must not make it wait longer.
    bool known = posted.last_post_at != wall_time{};
    auto waited = std::chrono::microseconds(0);
    if (known) waited = with_.time.wall_now() - posted.last_post_at;
    waited = std::max(waited, std::chrono::microseconds(0));
    waits.posted_at = now - std::min<duration>(waited, options_.outcome_timeout);
    by_age_.insert({&*place});
    stirred_.notify_all();
}

void outcomes::forget(const std::string& source_id) {
    auto found = expected_.find(source_id);
    if (found == expected_.end()) return;
    by_age_.erase({&*found});
    expected_.erase(found);
}

static spool::outcome_record record_of(const kusto::notification& word, wall_time now) {
    spool::outcome_record out;
    bool good = word.success || defect("take_failure_for_success");
    out.outcome = good ? spool::outcome::succeeded : spool::outcome::failed;
    out.code = word.code;
    out.details = without_secrets(word.details);
    out.operation_id = word.operation_id;
    out.at = now;
    return out;
}

static kusto::notification word_of(const spool::outcome_record& failed) {
    kusto::notification word;
    word.code = failed.code;
    word.details = failed.details;
    word.operation_id = failed.operation_id;
    word.status = kusto::failure_status::permanent;
    return word;
}

// A message comes again when it could not be deleted, and the service may say a word twice.
static std::string identity_of(const kusto::notification& word) {
    auto at = std::to_string(word.at.time_since_epoch().count());
    auto whole = word.operation_id + ' ' + word.activity_id + ' ' + at + ' ' + word.code;
    return hex_encode(sha256(whole)).substr(0, 16);
}

void outcomes::take_word(const kusto::notification& word) {
    auto* what = with_.sources.find(word.source_id);
    if (!what) return;  // Retired before: this is its word again.
    bool decided = spool::outcome_of(what->stage) && !with_.sources.is_parked(*what);
    if (decided) return;
    auto verdict = record_of(word, with_.time.wall_now());
    auto next = kusto::judge(word);
    with_.log.debug(
        "notification",
        {{"watch", what->watch},
         {"source", what->id},
         {"word", word.success ? "success" : word.code},
         {"step", std::string(to_string(next))}}
    );
    bool failed = next != kusto::next_step::settle_success && next != kusto::next_step::wait;
    // A failure is one copy's end, and counts once however often it is read.
    if (failed && !hear(*what, word, verdict)) return;
    if (next == kusto::next_step::wait) return;
    if (next == kusto::next_step::settle_success) return settle(*what, std::move(verdict));
    if (was_for_former_target(*what, word)) {
        // While another copy is on its way the former target may take it yet.
        if (what->failure_keys.size() >= what->posts) send_to_new_target(*what, word);
        return;
    }
    if (hold_for_target(*what, word)) return;
    // Success wins over failure: a failure decides only when no other copy is on its way.
    if (what->failure_keys.size() >= what->posts) act_on_failure(*what, word);
}

// Behind an update policy it may stand in the table already: sent again it would be doubled there.
static bool is_about_one_file(const kusto::notification& word) {
    return kusto::classify(word.code) == kusto::error_class::data && !word.from_update_policy;
}

void outcomes::act_on_failure(spool::source& what, const kusto::notification& word) {
    auto next = kusto::judge(word);
    bool upload = next == kusto::next_step::upload_again;
    if (upload || next == kusto::next_step::post_again) {
        send_again(what, word, upload);
    } else if (is_about_one_file(word) && is_divisible(what)) {
        tell_apart(what, record_of(word, with_.time.wall_now()));
    } else {
        settle(what, record_of(word, with_.time.wall_now()));
    }
}

// One of the files is to blame: the others must not share its fate.
void outcomes::tell_apart(spool::source& what, spool::outcome_record word) {
    forget(what.id);
    auto* from = with_.watches.find(what.watch);
    if (from) from->gate.accepted(what.id);
    divide({with_.sources, with_.ready, with_.time, with_.random, with_.log}, what, word);
}

// Notes the end of one post, durably before the notification is deleted. False: it was known.
bool outcomes::hear(
    spool::source& what, const kusto::notification& word, const spool::outcome_record& verdict
) {
    auto key = identity_of(word);
    if (std::ranges::find(what.failure_keys, key) != what.failure_keys.end()) return false;
    what.failure_keys.push_back(std::move(key));
    what.last_failure = verdict;
    what.posts_before_failure = what.posts;
    with_.sources.note(what);
    return true;
}

// Whether every file of the watch would fail alike.
static bool is_about_target(std::string_view code) {
    auto whose = kusto::classify(code);
    return whose == kusto::error_class::configuration || whose == kusto::error_class::rights;
}

// The target has been put right since: neither the file nor the new target is to blame.
bool outcomes::was_for_former_target(const spool::source& what, const kusto::notification& word) {
    auto* from = with_.watches.find(what.watch);
    if (!from || !is_about_target(word.code)) return false;
    if (what.target != from->options.target.name()) return true;
    // The same table with another mapping. The clock may have been set: not without end.
    return what.last_post_at < from->former_targets.since() && what.posts <= options_.resend_limit;
}

void outcomes::send_to_new_target(spool::source& what, const kusto::notification& word) {
    auto target = with_.watches.find(what.watch)->options.target.name();
    with_.log.info(
        "refused by the former target: it is sent to the new one",
        {{"watch", what.watch},
         {"source", what.id},
         {"former", what.target},
         {"target", target},
         {"code", word.code}}
    );
    what.target = std::move(target);
    forget(what.id);
    // An unconfirmed one is in work/ as before; its blob may be gone.
    if (with_.sources.is_parked(what)) with_.sources.unpark(what);
    auto* blob = spool::blob_of(what.stage);
    spool::any_stage next = stage::claimed{};
    if (blob) next = stage::uploaded{*blob};
    with_.sources.advance(what, std::move(next));
    with_.ready.push(what.id, with_.time.now());
}

bool outcomes::hold_for_target(spool::source& what, const kusto::notification& word) {
    auto* from = with_.watches.find(what.watch);
    auto* blob = spool::blob_of(what.stage);
    if (!from || !blob || !is_about_target(word.code)) return false;
    bool was_paused = from->gate.is_paused();
    target_gate::refusal refused{what.id, word.code, word.details, what.slices.size()};
    if (!from->gate.refused(refused, with_.time.now())) return false;
    if (!was_paused) {
        with_.log.error(
            "the watch is paused: its target is wrong; its files wait and one is tried now and "
            "then",
            {{"watch", what.watch},
             {"target", what.target},
             {"code", word.code},
             {"details", word.details}}
        );
    }
    auto kept = *blob;
    with_.sources.advance(what, stage::uploaded{std::move(kept)});
    from->gate.hold(what.id);
    return true;
}

void outcomes::settle(spool::source& what, spool::outcome_record word) {
    forget(what.id);
    auto* from = with_.watches.find(what.watch);
    bool heard = word.outcome != spool::outcome::unconfirmed;
    if (from && heard && !is_about_target(word.code)) from->gate.accepted(what.id);
    if (with_.sources.is_parked(what)) with_.sources.unpark(what);
    with_.sources.advance(what, stage::settled{std::move(word)});
    next_.settled(what);
}

void outcomes::send_again(spool::source& what, const kusto::notification& word, bool upload) {
    if (std::holds_alternative<stage::claimed>(what.stage)) return;  // It is uploaded anyway.
    auto verdict = record_of(word, with_.time.wall_now());
    auto* blob = spool::blob_of(what.stage);
    if (what.posts > options_.resend_limit || !blob) {
        settle(what, std::move(verdict));
        return;
    }
    with_.log.warning(
        upload ? "the service could not read the blob: it is uploaded again"
               : "the service asks for it once more: it is posted again",
        {{"watch", what.watch}, {"source", what.id}, {"code", word.code}, {"details", word.details}}
    );
    metric_labels labels{{"operation", upload ? "upload" : "post"}, {"reason", word.code}};
    with_.measured.count("kustodrop_retries_total", labels).add();
    if (word.code == "BadRequest_InvalidKustoIdentityToken") with_.identity_token.request_refresh();
    if (upload) {
        with_.sources.advance(what, stage::claimed{});
    } else {
        auto kept = *blob;
        with_.sources.advance(what, stage::uploaded{std::move(kept)});
    }
    auto wait = next_wait(what.posts, options_.resend_backoff, std::nullopt, with_.random);
    with_.ready.push(what.id, with_.time.now() + wait);
}

// on_unconfirmed: repost. The blob may be gone with its ingestion, so it is uploaded again.
bool outcomes::repost_unconfirmed(spool::source& what) {
    auto* from = with_.watches.find(what.watch);
    bool wanted = from && from->options.on_unconfirmed == unconfirmed_action::repost;
    if (!wanted || what.posts > options_.resend_limit) return false;
    with_.log.warning(
        "unconfirmed: it is sent again, which may be a duplicate",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"waited", human_duration(options_.outcome_timeout)}}
    );
    ++what.ambiguous_posts;
    with_.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what.watch}}).add();
    with_.sources.advance(what, stage::claimed{});
    with_.ready.push(what.id, with_.time.now());
    return true;
}

// Others' messages that nobody takes away: said once when it begins, and in status while it lasts.
void outcomes::note_blockage(kusto::notification_kind kind, const blockage& found) {
    auto& known = blocked_[kind];
    bool begins = known.messages == 0 && found.messages > 0;
    known = found;
    auto name = std::string(kind == kusto::notification_kind::success ? "success" : "failure");
    auto count = static_cast<double>(found.messages);
    with_.measured.value("kustodrop_notifications_blocked", {{"kind", name}}).set(count);
    double age = 0;
    if (found.oldest) {
        age = std::chrono::duration<double>(with_.time.wall_now() - *found.oldest).count();
    }
    with_.measured.value("kustodrop_notifications_blocked_age_seconds", {{"kind", name}}).set(age);
    if (!begins) return;
    auto told = trouble();
    with_.log.warning(
        "notifications of other clients stand in front of ours",
        {{"kind", name}, {"code", told->code.text()}, {"detail", told->message()}}
    );
}

std::optional<failure> outcomes::trouble() const {
    if (trouble_) return trouble_;
    std::size_t messages = 0;
    std::optional<wall_time> oldest;
    for (auto& [kind, found] : blocked_) {
        messages += found.messages;
        if (found.oldest) oldest = std::min(oldest.value_or(*found.oldest), *found.oldest);
    }
    if (messages == 0) return std::nullopt;
    auto detail = "at least " + std::to_string(messages) + " notifications of other clients";
    if (oldest) detail += ", the oldest of " + to_iso8601(*oldest).substr(0, 19) + "Z,";
    detail += " stand in front of ours: set notifications.report_method to table, or";
    detail += " notifications.foreign_messages to discard where the queues are yours alone, or use";
    detail += " a cluster of your own";
    return failure{errc::notifications_blocked, remedy::reconfigure, std::move(detail)};
}

// The sources nobody will speak of any more.
std::vector<std::string> outcomes::due() const {
    std::vector<std::string> ids;
    bool silent = options_.reports == report_level::none;
    auto now = with_.time.now();
    for (auto& one : by_age_) {
        auto deadline = one.posted_at() + options_.outcome_timeout;
        if (!silent && deadline > now) break;
        if (silent || patience_.is_over(deadline, now, blind_)) ids.push_back(one.entry->first);
    }
    return ids;
}

void outcomes::expire() {
    for (auto& id : due()) {
        auto* what = with_.sources.find(id);
        forget(id);
        if (what && std::holds_alternative<stage::posted>(what->stage)) end_waiting(*what);
    }
}

void outcomes::end_waiting(spool::source& what) {
    spool::outcome_record word;
    word.at = with_.time.wall_now();
    // A failure of an earlier copy was answered by the post whose word is missing now; one that
    // came later decides, for the other copies are lost.
    auto& failed = what.last_failure;
    if (failed && what.posts_before_failure == what.posts) {
        auto last = word_of(*failed);
        if (was_for_former_target(what, last)) return send_to_new_target(what, last);
        act_on_failure(what, last);
        return;
    }
    if (options_.reports != report_level::all) {
        word.outcome = spool::outcome::presumed;
        settle(what, std::move(word));
        return;
    }
    if (repost_unconfirmed(what)) return;
    word.outcome = spool::outcome::unconfirmed;
    word.code = "no_word";
    word.details = "the service said nothing within outcome_timeout";
    auto* from = with_.watches.find(what.watch);
    if (from && is_final(from->options, word.outcome)) {
        settle(what, std::move(word));
        return;
    }
    with_.log.warning(
        "unconfirmed: kept in work/ until a late word or `kustodrop retry`",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"waited", human_duration(options_.outcome_timeout)}}
    );
    with_.sources.park(what, std::move(word));
    stirred_.notify_all();
}

}  // namespace kustodrop::pipeline
