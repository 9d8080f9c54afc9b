#include "pipeline/outcomes/policy.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "pipeline/dividing.hpp"
#include "spool/source/failure_marks.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using kusto::next_step;
using kusto::notification;

static constexpr std::array<std::string_view, 11> action_names{
    "ignore",
    "wait",
    "settle",
    "park",
    "post_again",
    "post_with_new_token",
    "upload_again",
    "repost",
    "split_source",
    "hold_for_target",
    "send_to_new_target"};
static_assert(std::variant_size_v<any_action> == action_names.size());

std::string_view name_of(const any_action& one) { return action_names[one.index()]; }

spool::outcome_record record_of(const notification& reported, wall_time at) {
    spool::outcome_record out;
    bool good = reported.success;
    out.outcome = good ? spool::outcome::succeeded : spool::outcome::failed;
    out.code = without_secrets(reported.code);
    out.details = without_secrets(reported.details);
    out.operation_id = reported.operation_id;
    out.at = at;
    return out;
}

bool sends_again(const any_action& next) {
    bool is_end =
        std::holds_alternative<action::settle>(next) || std::holds_alternative<action::park>(next);
    bool changes_nothing =
        std::holds_alternative<action::ignore>(next) || std::holds_alternative<action::wait>(next);
    return !is_end && !changes_nothing;
}

static spool::outcome_record success_record(const notification& reported, wall_time at) {
    auto out = record_of(reported, at);
    if (!reported.skipped) return out;
    out.outcome = spool::outcome::succeeded;
    out.code.clear();
    return out;
}

bool is_about_target(std::string_view code) {
    auto kind = kusto::classify(code);
    return kind == kusto::error_class::configuration || kind == kusto::error_class::rights;
}

// Behind an update policy it may stand in the table already: sent again it would be doubled there.
static bool is_about_one_file(const notification& reported) {
    return kusto::classify(reported.code) == kusto::error_class::data &&
           !reported.from_update_policy;
}

// The target has been put right since: neither the file nor the new target is to blame.
static bool was_for_former_target(
    const source_facts& known, std::string_view code, const policy_options& options
) {
    if (!known.is_watched || !is_about_target(code)) return false;
    if (known.source.target != known.target) return true;
    // The same table with another mapping. The clock may have been set: not without end.
    return known.source.last_post_at < known.target_since &&
           known.source.posts <= options.resend_limit;
}

static bool pauses_watch(const source_facts& known, const notification& reported, time_point now) {
    if (!known.gate) return false;
    if (known.gate->is_paused()) return true;
    auto after = *known.gate;
    auto files = known.source.slices.size();
    return after.refused({known.source.id, reported.code, reported.details, files}, now);
}

static bool may_resend(
    const spool::source& source, std::string_view code, const policy_options& options
) {
    if (is_about_credentials(code)) return true;
    if (!spool::blob_of(source.stage)) return false;
    auto refusals = std::ranges::count_if(source.failure_keys, [](const std::string& key) {
        return key.starts_with(spool::failure_marks::credentials);
    });
    return source.posts <= options.resend_limit + static_cast<unsigned>(refusals);
}

// Of some only the report is awaited: their files were deleted, or written again.
static bool has_its_files(const spool::source& source) {
    return std::ranges::none_of(source.slices, [](auto& file) { return file.location.empty(); });
}

static bool can_be_sent(const spool::source& source, next_step how) {
    auto* blob = spool::blob_of(source.stage);
    bool has_blob = blob && !blob->container.empty();
    return has_its_files(source) || (how == next_step::post_again && has_blob);
}

// The failure of the last post that was outstanding decides.
static any_action after_last_failure(
    const source_facts& known,
    const notification& reported,
    const policy_options& options,
    wall_time at
) {
    auto& source = known.source;
    auto next = kusto::judge(reported);
    bool resends = next == next_step::upload_again || next == next_step::post_again;
    if (resends) {
        // It is on its way to a shipper already.
        if (std::holds_alternative<stage::claimed>(source.stage)) return action::ignore{};
        if (!can_be_sent(source, next) || !may_resend(source, reported.code, options)) {
            return action::settle{record_of(reported, at)};
        }
        if (is_refused_token(reported.code)) return action::post_with_new_token{};
        if (next == next_step::upload_again) return action::upload_again{};
        return action::post_again{};
    }
    auto record = record_of(reported, at);
    if (is_about_one_file(reported) && is_divisible(source)) {
        return action::split_source{std::move(record)};
    }
    return action::settle{std::move(record)};
}

unsigned silent_posts(const spool::source& source) {
    auto& all = source.rest_posts;
    auto silent = std::ranges::count_if(all, [](auto& one) { return one.operation.empty(); });
    // The last one may be on its way.
    bool in_flight = std::holds_alternative<stage::posting>(source.stage);
    if (in_flight && silent > 0) --silent;
    return static_cast<unsigned>(silent);
}

// A failure of an earlier post was answered by the post that is unanswered now.
static bool has_failed_after_all_posts(const spool::source& source) {
    return source.last_failure && source.posts_before_failure == source.posts;
}

// Of several posts one at least was not a copy: where all seem to be, the service took a message
// twice.
static bool ends_one_post(const spool::source& source) {
    auto answered = source.failure_keys.size();
    return answered < source.posts &&
           (spool::failure_count(source) > 0 || answered + 1 < source.posts);
}

// Nothing more will be reported on it in time.
static any_action unconfirmed(
    const source_facts& known, const policy_options& options, spool::outcome_record record
) {
    auto& source = known.source;
    bool wants_repost = known.is_watched && known.on_unconfirmed == unconfirmed_action::repost &&
                        has_its_files(source) && source.posts <= options.resend_limit;
    // One whose answer was lost is repeated when upload.repost_after has passed.
    if (wants_repost && spool::is_unposted(source.stage)) return action::wait{};
    if (wants_repost) return action::repost{};
    record.outcome = spool::outcome::unconfirmed;
    record.code = "no_notification";
    if (known.is_watched && known.on_unconfirmed == unconfirmed_action::archive) {
        return action::settle{std::move(record)};
    }
    return action::park{std::move(record)};
}

// The service has it twice, and the operation of the other post cannot be asked for: what became of
// that is not reported any more.
static any_action after_copy_of_silent_post(
    const source_facts& known, const policy_options& options, wall_time at
) {
    spool::outcome_record record;
    record.at = at;
    record.details =
        "the service dropped this post as a copy: it has accepted another one, whose answer was "
        "lost, and does not say what became of that";
    return unconfirmed(known, options, std::move(record));
}

// Nothing of the others; but no more than they are outstanding, and one may have failed before.
static decision decide_on_copy(
    const source_facts& known,
    const notification& reported,
    const policy_options& options,
    const moment& at
) {
    auto& source = known.source;
    decision out;
    if (is_noted(source, reported) || !ends_one_post(source)) return out;
    out.is_new_copy = true;
    bool is_last = source.failure_keys.size() + 1 + silent_posts(source) >= source.posts;
    bool is_on_its_way = std::holds_alternative<stage::claimed>(source.stage) ||
                         std::holds_alternative<stage::uploaded>(source.stage);
    if (!is_last || is_on_its_way) return out;
    if (!has_failed_after_all_posts(source)) {
        bool is_silent = silent_posts(source) > 0 && !known.is_parked &&
                         std::holds_alternative<stage::posted>(source.stage);
        if (is_silent) out.next = after_copy_of_silent_post(known, options, at.wall_now);
        return out;
    }
    auto failed = last_failure_of(source);
    if (was_for_former_target(known, failed.code, options)) {
        out.next = action::send_to_new_target{};
        return out;
    }
    bool is_paused = known.gate && known.gate->is_paused();
    if (is_paused && spool::blob_of(source.stage) && is_about_target(failed.code)) {
        out.next = action::hold_for_target{};
        return out;
    }
    out.next = after_last_failure(known, failed, options, at.wall_now);
    return out;
}

decision decide(
    const source_facts& known,
    const notification& reported,
    const policy_options& options,
    const moment& at
) {
    auto& source = known.source;
    decision out;
    bool is_settled = spool::outcome_of(source.stage) && !known.is_parked;
    auto step = kusto::judge(reported);
    if (is_settled) {
        out.next = action::ignore{};
        return out;
    }
    if (kusto::is_dropped_copy(reported.code)) return decide_on_copy(known, reported, options, at);
    if (step == next_step::wait) return out;
    // Where messages say ingestIfNotExists, skipped means that an earlier copy was ingested.
    bool is_there_already = reported.skipped && known.deduplicates;
    if (step == next_step::settle_success || is_there_already) {
        out.next = action::settle{success_record(reported, at.wall_now)};
        return out;
    }
    if (is_noted(source, reported)) {
        out.next = action::ignore{};
        return out;
    }
    out.is_new_failure = true;
    // Success wins over failure: a failure decides only when no other post is outstanding.
    bool is_last = source.failure_keys.size() + 1 + silent_posts(source) >= source.posts;
    if (was_for_former_target(known, reported.code, options)) {
        if (is_last) out.next = action::send_to_new_target{};
        return out;
    }
    out.target_refused =
        known.is_watched && spool::blob_of(source.stage) && is_about_target(reported.code);
    if (out.target_refused && pauses_watch(known, reported, at.now)) {
        out.next = action::hold_for_target{};
        return out;
    }
    if (is_last) out.next = after_last_failure(known, reported, options, at.wall_now);
    return out;
}

std::optional<spool::any_stage> stage_while_absent(
    const spool::source& source, const any_action& next
) {
    if (auto* found = std::get_if<action::settle>(&next)) {
        // Its watch may have another target by then, or is paused for it with the others.
        bool is_refused =
            found->record.outcome == spool::outcome::failed && is_about_target(found->record.code);
        if (!is_refused) return stage::settled{found->record};
        return spool::unposted(source.stage);
    }
    bool is_decided = !std::holds_alternative<action::ignore>(next) &&
                      !std::holds_alternative<action::wait>(next);
    if (!is_decided) return std::nullopt;
    bool keeps_blob = std::holds_alternative<action::post_again>(next) ||
                      std::holds_alternative<action::post_with_new_token>(next);
    if (keeps_blob) return spool::unposted(source.stage);
    return stage::claimed{};
}

any_action decide_on_timeout(
    const source_facts& known, const policy_options& options, const moment& at
) {
    auto& source = known.source;
    // The other copies are lost.
    if (has_failed_after_all_posts(source)) {
        auto failed = last_failure_of(source);
        if (was_for_former_target(known, failed.code, options)) {
            return action::send_to_new_target{};
        }
        return after_last_failure(known, failed, options, at.wall_now);
    }
    spool::outcome_record record;
    record.at = at.wall_now;
    // A failure that could not be read may stand in the queue.
    bool was_read = options.unread_because.empty() || options.reports == report_level::none;
    bool is_silent = options.reports != report_level::all && was_read;
    // Silence says nothing of what the service may never have been given: it is repeated when
    // upload.repost_after has passed.
    if (is_silent && spool::is_unposted(source.stage)) return action::wait{};
    if (is_silent && source.ambiguous_posts < std::max(source.posts, 1u)) {
        record.outcome = spool::outcome::presumed;
        return action::settle{std::move(record)};
    }
    bool is_unanswered = spool::is_unposted(source.stage) && source.ambiguous_posts > 0;
    record.details = is_unanswered ? "the service answered no post within outcome_timeout"
                                   : "the service reported nothing within outcome_timeout";
    if (!was_read) record.details = "notifications cannot be read: " + options.unread_because;
    return unconfirmed(known, options, std::move(record));
}

}  // namespace kustodrop::pipeline
