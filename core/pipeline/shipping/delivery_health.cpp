#include "pipeline/shipping/delivery_health.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr unsigned least_failures = 3;
static constexpr duration least_time = 20s;
// Nothing was tried for so long: what is known says nothing any more. A source that waits is tried
// more often than that, unless the service wants a pause.
static constexpr duration forgotten_after = 15min;

bool delivery_health::is_forgotten(const failing& one, time_point now) {
    auto pause = one.last.retry_after.value_or(duration::zero());
    return now - one.last_at >= forgotten_after + pause;
}

bool delivery_health::is_trouble(const failing& one, time_point now) {
    auto pause = one.last.retry_after.value_or(duration::zero());
    // While the service wants a pause nothing is tried that could fail again.
    bool is_certain = one.times >= least_failures || pause >= least_time;
    bool lasts = is_certain && now - one.since >= least_time;
    return lasts && !is_forgotten(one, now);
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
    bool is_old = known != failing_.end() && is_forgotten(known->second, now);
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
    return described(operation, *oldest);
}

failure delivery_health::described(std::string_view operation, const failing& one) {
    auto out = one.last;
    out.detail = "no " + std::string(operation) + " succeeds: " + out.detail;
    return out;
}

std::optional<failure> delivery_health::last_failure() const {
    if (failing_.empty()) return std::nullopt;
    auto when = [](auto& one) { return one.second.last_at; };
    auto& [operation, latest] = *std::ranges::max_element(failing_, {}, when);
    return described(operation, latest);
}

}  // namespace kustodrop::pipeline
