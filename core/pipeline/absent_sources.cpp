#include "pipeline/absent_sources.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

using spool::source;

void absent_sources::add(source one) {
    reported_.in_queue = reported_.in_queue || one.reported.in_queue;
    reported_.in_table = reported_.in_table || one.reported.in_table;
    reported_.in_operation = reported_.in_operation || one.reported.in_operation;
    any_unsaid_ = any_unsaid_ || !one.reported.any();
    open_.erase(one.id);
    if (packed_.put(one, false)) return;
    auto held = std::make_unique<source>(std::move(one));
    std::string_view id = held->id;
    open_.emplace(id, std::move(held));
}

void absent_sources::note_taken() {
    if (empty()) clear();
}

void absent_sources::clear() {
    packed_ = packed_sources();
    open_.clear();
    reported_ = {};
    any_unsaid_ = false;
}

source* absent_sources::find(std::string_view id) {
    auto found = open_.find(id);
    if (found != open_.end()) return found->second.get();
    auto one = packed_.take(id);
    if (!one) return nullptr;
    auto held = std::make_unique<source>(std::move(one->source));
    std::string_view key = held->id;
    return open_.emplace(key, std::move(held)).first->second.get();
}

bool absent_sources::contains(std::string_view id) const {
    return open_.contains(id) || packed_.contains(id);
}

std::vector<spool::source_key> absent_sources::keys_of(const std::string& watch) const {
    auto out = packed_.keys_of(watch);
    for (auto& [id, one] : open_) {
        auto key = one->watch == watch ? spool::key_of(id) : std::nullopt;
        if (key) out.push_back(*key);
    }
    return out;
}

std::optional<source> absent_sources::take(const spool::source_key& key) {
    std::optional<source> out;
    if (auto one = packed_.take(key)) {
        out = std::move(one->source);
    } else if (auto found = open_.find(spool::id_of(key)); found != open_.end()) {
        auto held = std::move(found->second);  // The key is in it.
        open_.erase(found);
        out = std::move(*held);
    }
    note_taken();
    return out;
}

std::vector<source> absent_sources::take_without_key(const std::string& watch) {
    std::vector<source> out;
    for (auto at = open_.begin(); at != open_.end();) {
        if (at->second->watch != watch || spool::key_of(at->first)) {
            ++at;
            continue;
        }
        auto held = std::move(at->second);
        at = open_.erase(at);
        out.push_back(std::move(*held));
    }
    note_taken();
    return out;
}

std::vector<source> absent_sources::take(const std::string& watch) {
    auto out = take_without_key(watch);
    for (auto& key : keys_of(watch)) out.push_back(std::move(*take(key)));
    return out;
}

std::vector<source> absent_sources::take_by_place(const std::vector<std::string>& locations) {
    if (empty() || locations.empty()) return {};
    std::unordered_set<std::string_view> here(locations.begin(), locations.end());
    std::vector<std::string> ids;
    each([&](const source& one) {
        bool is_here = std::ranges::any_of(one.slices, [&](const spool::slice& file) {
            return here.contains(file.location);
        });
        if (is_here) ids.push_back(one.id);
    });
    std::vector<source> out;
    for (auto& id : ids) {
        find(id);
        auto found = open_.find(id);
        auto held = std::move(found->second);
        open_.erase(found);
        out.push_back(std::move(*held));
    }
    note_taken();
    return out;
}

void absent_sources::rename_watch(const std::string& from, const std::string& to) {
    for (auto& [id, one] : open_) {
        if (one->watch == from) one->watch = to;
    }
    for (auto& key : packed_.keys_of(from)) {
        auto one = packed_.take(key);
        one->source.watch = to;
        packed_.put(one->source, false);
    }
}

std::map<std::string, std::size_t> absent_sources::count() const {
    auto out = packed_.count();
    for (auto& [id, one] : open_) ++out[one->watch];
    return out;
}

}  // namespace kustodrop::pipeline
