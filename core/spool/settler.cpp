#include "spool/settler.hpp"

namespace kustodrop::spool {

bool settler::saw(const sighting& seen, time_point now, bool closed_hint) {
    auto found = tracked_.find(seen.name);
    if (found == tracked_.end()) {
        if (tracked_.size() >= options_.limit) return false;
        found = tracked_.try_emplace(seen.name).first;
    } else {
        auto& known = found->second;
        waiting_.erase({known.due, seen.name});
        bool same = known.last.identity == seen.identity && known.last.kind == seen.kind;
        if (same && !closed_hint) {
            known.last = seen;
            if (now >= known.due) {
                complete_.push_back(seen);
                tracked_.erase(found);
            } else {
                waiting_.emplace(known.due, seen.name);
            }
            return true;
        }
    }
    auto& fresh = found->second;
    fresh.last = seen;
    fresh.due = now + options_.stable_for;
    waiting_.emplace(fresh.due, seen.name);
    return true;
}

void settler::gone(std::string_view name) {
    auto found = tracked_.find(name);
    if (found == tracked_.end()) return;
    waiting_.erase({found->second.due, found->first});
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
        names.push_back(name);
    }
    return names;
}

std::vector<sighting> settler::complete() { return std::exchange(complete_, {}); }

std::optional<time_point> settler::next_due() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.begin()->first;
}

}  // namespace kustodrop::spool
