#include "pipeline/outcomes/expectations.hpp"

namespace kustodrop::pipeline {

void expectations::count(const post& one, int by) {
    if (one.reported.in_queue) in_queue_ += by;
    if (one.reported.in_table) in_table_ += by;
    if (one.reported.in_operation) in_operation_ += by;
}

void expectations::add(
    const std::string& source_id, time_point posted_at, const spool::report_places& reported
) {
    remove(source_id);
    auto place = by_id_.emplace(source_id, post{posted_at, reported}).first;
    by_age_.insert({&*place});
    count(place->second, 1);
}

void expectations::remove(const std::string& source_id) {
    auto found = by_id_.find(source_id);
    if (found == by_id_.end()) return;
    by_age_.erase({&*found});
    count(found->second, -1);
    by_id_.erase(found);
}

std::optional<time_point> expectations::oldest() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.begin()->post->second.at;
}

std::optional<time_point> expectations::youngest() const {
    if (by_age_.empty()) return std::nullopt;
    return by_age_.rbegin()->post->second.at;
}

void expectations::each(const std::function<bool(const entry&)>& visit) const {
    for (auto& one : by_age_) {
        auto& [id, known] = *one.post;
        if (!visit({id, known.at, known.reported})) return;
    }
}

}  // namespace kustodrop::pipeline
