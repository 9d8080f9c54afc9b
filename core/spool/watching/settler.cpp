#include "spool/watching/settler.hpp"

namespace kustodrop::spool {

bool settler::saw(const sighting& seen, time_point now, bool closed_hint) {
    auto found = tracked_.find(seen.name);
    if (found == tracked_.end()) {
        if (tracked_.size() >= options_.limit) return false;
        found = tracked_.try_emplace(seen.name).first;
    } else {
        auto& known = found->second;
        bool same = known.last.identity == seen.identity && known.last.kind == seen.kind;
        if (same && !closed_hint) {
            known.last = seen;
            if (now < known.waiting->first) return true;
            complete_.push_back(seen);
            waiting_.erase(known.waiting);
            tracked_.erase(found);
            return true;
        }
        waiting_.erase(known.waiting);
    }
    auto& fresh = found->second;
    fresh.last = seen;
    fresh.waiting = waiting_.emplace_hint(waiting_.end(), now + options_.stable_for, found->first);
    return true;
}

bool settler::noticed(const sighting& seen, time_point now) {
    auto found = tracked_.find(seen.name);
    bool is_news = found == tracked_.end() || found->second.last.identity != seen.identity ||
                   found->second.last.kind != seen.kind;
    return !is_news || saw(seen, now, false);
}

void settler::removed(std::string_view name) {
    auto found = tracked_.find(name);
    if (found == tracked_.end()) return;
    waiting_.erase(found->second.waiting);
    tracked_.erase(found);
}

void settler::clear() {
    tracked_.clear();
    waiting_.clear();
    complete_.clear();
}

std::vector<std::string> settler::due(time_point now, std::size_t limit) const {
    std::vector<std::string> names;
    for (auto& [when, name] : waiting_) {
        if (when > now || names.size() >= limit) break;
        names.emplace_back(name);
    }
    return names;
}

std::vector<sighting> settler::complete() { return std::exchange(complete_, {}); }

std::optional<time_point> settler::next_due() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.begin()->first;
}

}  // namespace kustodrop::spool
