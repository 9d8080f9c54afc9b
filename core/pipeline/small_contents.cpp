#include "pipeline/small_contents.hpp"

namespace kustodrop::pipeline {

static constexpr duration longest_stay = 10min;

void small_contents::drop(entries::iterator one) {
    used_ -= one->bytes.size();
    by_location_.erase(one->location);
    in_order_.erase(one);
}

std::uint64_t small_contents::room(time_point now) {
    while (!in_order_.empty() && now - in_order_.front().since > longest_stay) {
        drop(in_order_.begin());
    }
    return limit_ - used_;
}

void small_contents::put(const spool::slice& file, std::string bytes, time_point now) {
    if (auto before = by_location_.find(file.location); before != by_location_.end()) {
        drop(before->second);
    }
    if (bytes.empty() || bytes.size() > room(now)) return;
    used_ += bytes.size();
    in_order_.push_back({file.location, file.identity, std::move(bytes), now});
    auto last = std::prev(in_order_.end());
    by_location_.emplace(last->location, last);
}

std::string small_contents::take(const spool::slice& file) {
    auto found = by_location_.find(file.location);
    if (found == by_location_.end()) return {};
    auto one = found->second;
    std::string bytes;
    if (one->identity.same_content(file.identity)) {
        used_ -= one->bytes.size();
        bytes = std::exchange(one->bytes, {});
    }
    drop(one);
    return bytes;
}

}  // namespace kustodrop::pipeline
