#include "pipeline/shipping/posting/rest_ways.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr duration longest_obeyed = 1h;
static constexpr duration longest_common = 1min;

void rest_ways::throttled(const std::string& table, const failure& why, time_point now) {
    if (!why.retry_after) return;
    std::erase_if(waits_, [now](auto& one) { return one.second.until <= now; });
    auto until = now + std::min(*why.retry_after, longest_obeyed);
    // Of several requests at a time, one may be asked to wait for longer than the last one.
    auto [mine, is_new] = waits_.try_emplace(table, wait{why, until});
    if (!is_new && mine->second.until < until) mine->second = wait{why, until};
    // Two tables have a common cause, but one of them may wait for longer than that lasts.
    if (waits_.size() < 2) return;
    until = now + std::min(*why.retry_after, longest_common);
    if (!common_ || common_->until < until) common_ = wait{why, until};
}

static failure waiting(failure why, duration left) {
    why.retry_after = left;
    return why;
}

std::optional<failure> rest_ways::closed(const std::string& table, time_point now) const {
    auto own = waits_.find(table);
    if (own != waits_.end() && now < own->second.until) {
        return waiting(own->second.why, own->second.until - now);
    }
    if (!common_ || now >= common_->until) return std::nullopt;
    return waiting(common_->why, common_->until - now);
}

bool rest_ways::refused_rights(const refused_table& what, const failure& why, time_point now) {
    auto& mine = refusals_[what.table];
    mine.why = why;
    mine.watches.insert(what.watches.begin(), what.watches.end());
    return mine.withdrawn.refused(now);
}

std::optional<rest_ways::detour> rest_ways::detour_of(
    const std::string& table, const refusal& known, time_point now
) {
    if (!known.withdrawn.is_on(now)) return std::nullopt;
    return detour{table, known.why, *known.withdrawn.until()};
}

std::optional<rest_ways::detour> rest_ways::queued(const std::string& table, time_point now) const {
    auto known = refusals_.find(table);
    return known == refusals_.end() ? std::nullopt : detour_of(table, known->second, now);
}

std::optional<rest_ways::detour> rest_ways::queued_of(const std::string& watch, time_point now)
    const {
    for (auto& [table, known] : refusals_) {
        auto found = detour_of(table, known, now);
        if (found && known.watches.contains(watch)) return found;
    }
    return std::nullopt;
}

bool rest_ways::accepted(const std::string& table) {
    common_.reset();
    // That of a table ends by itself: what was accepted may have been sent before it began.
    auto known = refusals_.find(table);
    if (known == refusals_.end()) return false;
    bool was_queued = known->second.withdrawn.accepted();
    refusals_.erase(known);
    return was_queued;
}

}  // namespace kustodrop::pipeline
