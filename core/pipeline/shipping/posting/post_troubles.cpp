#include "pipeline/shipping/posting/post_troubles.hpp"

namespace kustodrop::pipeline {

static constexpr duration before_trouble = 20s;
static constexpr duration stale_after = 2h;
static constexpr unsigned certain_refusals = 3;
static constexpr std::size_t most_known = 1000;

// Nothing waits for so long between two tries.
void post_troubles::forget_old(time_point now) {
    std::erase_if(failing_, [now](auto& one) { return now - one.second.last_at > stale_after; });
}

void post_troubles::failed(const failed_post& what, const failure& why, time_point now) {
    auto known = failing_.find(what.source_id);
    if (known == failing_.end()) {
        if (failing_.size() >= most_known) forget_old(now);
        if (failing_.size() >= most_known) return;
        known = failing_.emplace(what.source_id, failing{what, 0, now, now, {}}).first;
    }
    auto& one = known->second;
    one.what = what;
    one.last_at = now;
    one.last = why;
    if (what.is_refused) ++one.refusals;
}

void post_troubles::accepted(const std::string& source_id, const std::string& table) {
    std::erase_if(failing_, [&](auto& one) {
        if (one.first == source_id) return true;
        auto& what = one.second.what;
        bool is_certain = one.second.refusals >= certain_refusals || what.is_of_size;
        return what.table == table && !is_certain;
    });
}

std::optional<failure> post_troubles::trouble(
    const std::string& watch, time_point now, const waits_to_be_posted& waits
) const {
    const failing* oldest = nullptr;
    for (auto& [id, one] : failing_) {
        bool lasts = one.what.watch == watch && now - one.since >= before_trouble;
        if (!lasts || one.what.is_of_size || (oldest && oldest->since <= one.since) || !waits(id))
            continue;
        oldest = &one;
    }
    if (!oldest) return std::nullopt;
    auto out = oldest->last;
    out.detail = oldest->what.table + ": " + out.detail;
    return out;
}

post_troubles::too_large post_troubles::oversized(
    const std::string& watch, const waits_to_be_posted& waits
) const {
    too_large out;
    const failing* oldest = nullptr;
    for (auto& [id, one] : failing_) {
        if (one.what.watch != watch || !one.what.is_of_size || !waits(id)) continue;
        ++out.sources;
        if (!oldest || one.since < oldest->since) oldest = &one;
    }
    if (!oldest) return out;
    out.first = oldest->what.source_id;
    out.why = oldest->last;
    return out;
}

}  // namespace kustodrop::pipeline
