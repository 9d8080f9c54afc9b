#include "pipeline/shipping/small_contents.hpp"

namespace kustodrop::pipeline {

static constexpr duration longest_stay = 10min;

void small_contents::drop(entries::iterator one) {
    by_location_.erase(one->location);
    in_order_.erase(one);
}

std::uint64_t small_contents::room(time_point now) {
    while (!in_order_.empty() && now - in_order_.front().since > longest_stay) {
        drop(in_order_.begin());
    }
    return limit_ - bytes();
}

void small_contents::put(const spool::slice& file, std::string bytes, time_point now) {
    if (auto before = by_location_.find(file.location); before != by_location_.end()) {
        drop(before->second);
    }
    if (bytes.empty() || bytes.size() > room(now)) return;
    *used_ += bytes.size();
    auto release = [used = used_](const std::string* held) {
        *used -= held->size();
        delete held;
    };
    content held(new std::string(std::move(bytes)), release);
    in_order_.push_back({file.location, file.identity, std::move(held), now});
    auto last = std::prev(in_order_.end());
    by_location_.emplace(last->location, last);
}

// Files in place are known by their names alone, which those of another watch may have as well.
small_contents::content small_contents::take(const spool::slice& file) {
    auto found = by_location_.find(file.location);
    if (found == by_location_.end()) return nullptr;
    auto one = found->second;
    if (one->identity != file.identity) return nullptr;
    auto held = std::move(one->bytes);
    drop(one);
    return held;
}

small_contents::content small_contents::look(const spool::slice& file) const {
    auto found = by_location_.find(file.location);
    bool is_it = found != by_location_.end() && found->second->identity == file.identity;
    return is_it ? found->second->bytes : nullptr;
}

}  // namespace kustodrop::pipeline
