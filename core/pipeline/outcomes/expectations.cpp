#include "pipeline/outcomes/expectations.hpp"

namespace kustodrop::pipeline {

void expectations::add(const std::string& source_id, time_point posted_at) {
    remove(source_id);
    auto place = by_id_.emplace(source_id, posted_at).first;
    by_age_.insert({&*place});
}

void expectations::remove(const std::string& source_id) {
    auto found = by_id_.find(source_id);
    if (found == by_id_.end()) return;
    by_age_.erase({&*found});
    by_id_.erase(found);
}

std::optional<time_point> expectations::oldest() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.begin()->post->second;
}

std::optional<time_point> expectations::youngest() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.rbegin()->post->second;
}

void expectations::each(const std::function<bool(const entry&)>& visit) const {
    for (auto& one : by_age_) {
        if (!visit({one.post->first, one.post->second})) return;
    }
}

}  // namespace kustodrop::pipeline
