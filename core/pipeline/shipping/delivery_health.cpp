#include "pipeline/shipping/delivery_health.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr unsigned least_failures = 3;
static constexpr duration least_time = 20s;
// Nothing was tried for so long: what is known says nothing any more. A source that waits is tried
// more often than that.
static constexpr duration forgotten_after = 15min;

bool delivery_health::is_trouble(const failing& one, time_point now) {
    bool lasts = one.times >= least_failures && now - one.since >= least_time;
    return lasts && now - one.last_at < forgotten_after;
}

bool delivery_health::note(
    std::string_view operation, const result<void>& outcome, time_point now
) {
    auto known = failing_.find(operation);
    if (!outcome.has_error()) {
        if (known == failing_.end()) return false;
        bool ends = is_trouble(known->second, now);
        failing_.erase(known);
        if (failing_.empty()) waiting_.clear();
        return ends;
    }
    bool is_old = known != failing_.end() && now - known->second.last_at >= forgotten_after;
    if (is_old) failing_.erase(known);
    if (is_old || known == failing_.end()) {
        known = failing_.emplace(std::string(operation), failing{0, now, now, {}}).first;
    }
    auto& one = known->second;
    ++one.times;
    one.last_at = now;
    one.last = outcome.error();
    return false;
}

std::optional<failure> delivery_health::trouble(
    time_point now, const std::function<bool(const std::string& watch)>& could_go_on
) const {
    if (std::ranges::none_of(waiting_, could_go_on)) return std::nullopt;
    const failing* oldest = nullptr;
    std::string_view operation;
    for (auto& [name, one] : failing_) {
        if (!is_trouble(one, now) || (oldest && oldest->since <= one.since)) continue;
        oldest = &one;
        operation = name;
    }
    if (!oldest) return std::nullopt;
    auto out = oldest->last;
    out.detail = "no " + std::string(operation) + " succeeds: " + out.detail;
    return out;
}

}  // namespace kustodrop::pipeline
