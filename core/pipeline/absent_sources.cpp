#include "pipeline/absent_sources.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

using spool::source;

void absent_sources::add(source one) {
    auto held = std::make_unique<source>(std::move(one));
    by_id_[held->id] = held.get();
    auto& mine = by_watch_[held->watch];
    mine.push_back(std::move(held));
}

source* absent_sources::find(std::string_view id) const {
    auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::vector<source> absent_sources::give(sources from) {
    std::vector<source> out;
    for (auto& one : from) {
        by_id_.erase(one->id);
        out.push_back(std::move(*one));
    }
    return out;
}

std::vector<source> absent_sources::take(const std::string& watch) {
    auto found = by_watch_.extract(watch);
    if (!found) return {};
    return give(std::move(found.mapped()));
}

std::vector<source> absent_sources::take_by_place(const std::vector<std::string>& locations) {
    if (empty() || locations.empty()) return {};
    std::unordered_set<std::string_view> here(locations.begin(), locations.end());
    auto is_elsewhere = [&](const std::unique_ptr<source>& one) {
        return std::ranges::none_of(one->slices, [&](const spool::slice& file) {
            return here.contains(file.location);
        });
    };
    std::vector<source> out;
    for (auto& [watch, all] : by_watch_) {
        auto first = std::stable_partition(all.begin(), all.end(), is_elsewhere);
        sources found(std::make_move_iterator(first), std::make_move_iterator(all.end()));
        all.erase(first, all.end());
        for (auto& one : give(std::move(found))) out.push_back(std::move(one));
    }
    std::erase_if(by_watch_, [](auto& entry) { return entry.second.empty(); });
    return out;
}

void absent_sources::rename_watch(const std::string& from, const std::string& to) {
    auto found = by_watch_.extract(from);
    if (!found) return;
    auto& under = by_watch_[to];
    for (auto& one : found.mapped()) {
        one->watch = to;
        under.push_back(std::move(one));
    }
}

std::map<std::string, std::size_t> absent_sources::count() const {
    std::map<std::string, std::size_t> out;
    for (auto& [watch, all] : by_watch_) out[watch] = all.size();
    return out;
}

}  // namespace kustodrop::pipeline
