#include "pipeline/failover/failovers.hpp"

#include <utility>

namespace kustodrop::pipeline {

// A source that tries a cluster is kept from the other one for so long.
static constexpr duration trial_time = 30s;
static constexpr duration time_to_post = 5min;
static constexpr duration between_trials = 1min;
// A source that is due has so long to be the one that tries.
static constexpr duration turn_of_sources = 30s;

void failovers::note(std::size_t cluster, cluster_look seen, time_point now) {
    if (cluster >= all_.size()) all_.resize(cluster + 1);
    auto& one = all_[cluster];
    one.in_trouble = seen.trouble.has_value();
    one.can_send = seen.can_send;
    if (seen.trouble) {
        if (!one.since) {
            one.since = std::exchange(one.presumed_over, std::nullopt).value_or(now);
            one.next_trial = now + between_trials;
        }
        one.why = std::move(*seen.trouble);
    } else if (seen.is_clear && one.since) {
        worked(cluster);
    }
}

void failovers::worked(std::size_t cluster) {
    if (cluster >= all_.size()) return;
    auto& one = all_[cluster];
    one.since.reset();
    one.presumed_over.reset();
    one.tried_at.reset();
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
    one.tried_at = now;
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

bool failovers::begins_probe(std::size_t cluster, time_point now) {
    if (cluster >= all_.size()) return false;
    auto& one = all_[cluster];
    bool is_due = now >= one.next_trial + turn_of_sources;
    if (!one.since || !one.can_send || one.is_trying || !is_due) return false;
    one.tried_at = now;
    one.next_trial = now + between_trials;
    return true;
}

void failovers::seems_well(std::size_t cluster) {
    if (cluster >= all_.size() || !all_[cluster].since) return;
    auto since = all_[cluster].since;
    worked(cluster);
    all_[cluster].presumed_over = since;
    all_[cluster].in_trouble = false;
}

std::optional<time_point> failovers::tried_at(std::size_t cluster) const {
    auto* one = find(cluster);
    return one ? one->tried_at : std::nullopt;
}

}  // namespace kustodrop::pipeline
