#include "pipeline/failover/failovers.hpp"

#include <utility>

namespace kustodrop::pipeline {

// A source that tries a cluster is kept from the other one for so long.
static constexpr duration trial_time = 30s;
static constexpr duration time_to_post = 5min;
static constexpr duration between_trials = 1min;

void failovers::note(std::size_t cluster, cluster_look seen, time_point now) {
    if (cluster >= all_.size()) all_.resize(cluster + 1);
    auto& one = all_[cluster];
    one.in_trouble = seen.trouble.has_value();
    one.can_send = seen.can_send;
    if (seen.trouble) {
        if (!one.since) {
            one.since = now;
            one.next_trial = now + between_trials;
        }
        one.why = std::move(*seen.trouble);
    } else if (seen.is_clear) {
        worked(cluster);
    }
}

void failovers::worked(std::size_t cluster) {
    if (cluster >= all_.size()) return;
    auto& one = all_[cluster];
    one.since.reset();
    one.trial.clear();
}

const failovers::outage* failovers::find(std::size_t cluster) const {
    return cluster < all_.size() ? &all_[cluster] : nullptr;
}

bool failovers::is_away(std::size_t home, std::size_t to, duration after, time_point now) const {
    auto* mine = find(home);
    if (home == to || !mine || !mine->since || now - *mine->since < after) return false;
    auto* other = find(to);
    return !other || !other->in_trouble;
}

std::optional<failure> failovers::reason(std::size_t cluster) const {
    auto* one = find(cluster);
    if (!one || !one->since) return std::nullopt;
    return one->why;
}

bool failovers::begins_trial(std::size_t cluster, const std::string& source_id, time_point now) {
    if (cluster >= all_.size()) return false;
    auto& one = all_[cluster];
    if (!one.since || !one.can_send || now < one.next_trial) return false;
    one.trial = source_id;
    one.is_trying = true;
    one.trial_ends = now + trial_time;
    one.next_trial = one.trial_ends + between_trials;
    return true;
}

bool failovers::is_trial(
    std::size_t cluster, const std::string& source_id, bool is_uploaded, time_point now
) const {
    auto* one = find(cluster);
    auto longer = is_uploaded ? time_to_post : duration::zero();
    return one && one->trial == source_id && now < one->trial_ends + longer;
}

bool failovers::takes_ended_trial(time_point now) {
    bool any = false;
    for (auto& one : all_) {
        bool ended = one.is_trying && now >= one.trial_ends;
        if (ended) one.is_trying = false;
        any = any || ended;
    }
    return any;
}

}  // namespace kustodrop::pipeline
