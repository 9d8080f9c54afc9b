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
    if (reply.step == streaming_step::try_again) {
        if (++troubles_[what.id] < most_attempts) return {next::again};
        queue_this(what.id);
        return {next::queue};
    }
    if (auto wait = pause_after(reply, random)) {
        auto known = pauses_.find(target);
        // One that repeats itself, as throttling does, is not news each time.
        bool begins = known == pauses_.end() || known->second.because != reply.step;
        pauses_.insert_or_assign(target, pause{now + *wait, reply.step, reply.why});
        return {next::queue, begins};
    }
    queue_this(what.id);
    return {next::queue};
}

bool streaming_ways::succeeded(const std::string& source_id, const std::string& target) {
    forget(source_id);
    return pauses_.erase(target) > 0;
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
