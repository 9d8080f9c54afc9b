#include "pipeline/shipping/streaming/streaming_ways.hpp"

#include "base/backoff.hpp"
#include "kusto/data_format.hpp"
#include "pipeline/targets/target_route.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using kusto::streaming_step;

static constexpr duration long_pause = 15min;
static constexpr duration outage_pause = 1min;
static constexpr duration throttled_pause = 10s;
// So many lost answers in a row happen for a reason.
static constexpr unsigned most_lost = 2;
// So many troubles of the service's own, and the source is queued.
static constexpr unsigned most_attempts = 3;

bool streaming_ways::streams(
    const spool::source& what, const watch_options& from, std::uint64_t max_bytes, time_point now
) const {
    bool wanted = from.target.delivery == delivery_way::streaming &&
                  kusto::can_be_streamed(from.target.format) &&
                  std::holds_alternative<spool::stage::claimed>(what.stage);
    if (!wanted || what.ambiguous_posts > 0 || what.reported.any()) return false;
    if (what.size_bytes() > max_bytes || queued_.contains(what.id)) return false;
    return !paused(is_destination(what.target) ? what.target : from.target.name(), now);
}

static std::optional<duration> pause_after(
    const kusto::streaming_reply& reply, random_generator& random
) {
    switch (reply.step) {
    case streaming_step::queue_for_long:
    case streaming_step::queue_for_rights:
        return long_pause;
    case streaming_step::queue_for_outage:
        return outage_pause;
    case streaming_step::queue_for_moment: {
        // Of a fleet that is throttled together not all come back together.
        auto spread = next_wait(1, {throttled_pause, throttled_pause}, std::nullopt, random);
        auto least = reply.why.retry_after.value_or(throttled_pause / 2);
        return std::max(least, throttled_pause / 2) + spread;
    }
    default:
        return std::nullopt;
    }
}

streaming_ways::change streaming_ways::ended(
    const spool::source& what,
    const std::string& target,
    const kusto::streaming_reply& reply,
    time_point now,
    random_generator& random
) {
    if (reply.step != streaming_step::queue_for_outage) answered(target);
    if (reply.step == streaming_step::try_again) {
        if (++troubles_[what.id] < most_attempts) return {next::again};
        queue_this(what.id);
        return {next::queue};
    }
    if (auto wait = pause_after(reply, random)) {
        auto known = pauses_.find(target);
        // Of requests that were under way together, one asks for longer.
        if (known != pauses_.end() && known->second.until > now + *wait) return {next::queue};
        // One that repeats itself, as throttling does, is not news each time.
        bool begins = known == pauses_.end() || known->second.because != reply.step;
        pauses_.insert_or_assign(target, pause{now + *wait, reply.step, reply.why, now});
        return {next::queue, begins};
    }
    queue_this(what.id);
    return {next::queue};
}

static duration pause_after_lost(unsigned answers) {
    auto pause = outage_pause;
    for (auto i = most_lost; i < answers && pause < long_pause; ++i) pause *= 2;
    return std::min(pause, long_pause);
}

void streaming_ways::begins(const std::string& target, time_point now) {
    auto known = pauses_.find(target);
    bool tries = known != pauses_.end() && known->second.because == streaming_step::unanswered;
    if (tries) known->second.until = now + pause_after_lost(lost_[target]);
}

bool streaming_ways::lost(
    const std::string& target, const failure& why, time_point sent_at, time_point now
) {
    auto known = pauses_.find(target);
    bool pauses = known != pauses_.end() && known->second.because == streaming_step::unanswered;
    // One that was on its way with those that began the pause does not count again.
    if (pauses && sent_at < known->second.since) return false;
    auto answers = ++lost_[target];
    if (answers < most_lost) return false;
    pause next{now + pause_after_lost(answers), streaming_step::unanswered, why, now};
    // The service itself has asked for more than that.
    if (!pauses && known != pauses_.end() && known->second.until > next.until) return false;
    pauses_.insert_or_assign(target, std::move(next));
    return !pauses;
}

void streaming_ways::answered(const std::string& target) {
    lost_.erase(target);
    auto known = pauses_.find(target);
    bool ends = known != pauses_.end() && known->second.because == streaming_step::unanswered;
    if (ends) pauses_.erase(known);
}

bool streaming_ways::succeeded(
    const std::string& source_id, const std::string& target, time_point sent_at
) {
    forget(source_id);
    lost_.erase(target);
    auto known = pauses_.find(target);
    if (known == pauses_.end() || sent_at < known->second.since) return false;
    pauses_.erase(known);
    return true;
}

void streaming_ways::forget(const std::string& source_id) {
    queued_.erase(source_id);
    troubles_.erase(source_id);
}

std::optional<streaming_ways::pause> streaming_ways::paused(
    const std::string& target, time_point now
) const {
    auto found = pauses_.find(target);
    if (found == pauses_.end() || found->second.until <= now) return std::nullopt;
    return found->second;
}

}  // namespace kustodrop::pipeline
