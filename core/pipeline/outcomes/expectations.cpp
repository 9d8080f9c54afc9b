#include "pipeline/outcomes/expectations.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using spool::source_key;

// No time of ours gives a GUID that begins so.
static constexpr auto not_a_guid = ~std::uint64_t();

std::optional<source_key> expectations::find_key(const std::string& source_id) const {
    auto key = spool::key_of(source_id);
    if (key && key->high != not_a_guid) return key;
    auto found = std::ranges::find(others_, source_id);
    if (found == others_.end()) return std::nullopt;
    return source_key{not_a_guid, static_cast<std::uint64_t>(found - others_.begin())};
}

source_key expectations::key_for(const std::string& source_id) {
    if (auto known = find_key(source_id)) return *known;
    others_.push_back(source_id);
    return {not_a_guid, others_.size() - 1};
}

std::string expectations::text_of(const source_key& key) const {
    return key.high == not_a_guid ? others_.at(key.low) : spool::id_of(key);
}

void expectations::count(const post& one, int by) {
    if (one.reported.in_queue) in_queue_ += by;
    if (one.reported.in_table) in_table_ += by;
    if (one.reported.in_operation) in_operation_ += by;
}

bool expectations::is_current(const aged& one) const {
    auto found = by_id_.find(one.key);
    return found != by_id_.end() && found->second.at == one.at;
}

// Almost every post is the youngest when it is added.
void expectations::put_in_order() const {
    bool is_mostly_old = by_age_.size() > 2 * by_id_.size() + 1000;
    if (is_mostly_old) std::erase_if(by_age_, [this](auto& one) { return !is_current(one); });
    if (!is_in_order_) {
        std::ranges::sort(by_age_);
        by_age_.erase(std::ranges::unique(by_age_).begin(), by_age_.end());
    }
    is_in_order_ = true;
    while (!by_age_.empty() && !is_current(by_age_.front())) by_age_.pop_front();
    while (!by_age_.empty() && !is_current(by_age_.back())) by_age_.pop_back();
}

void expectations::add(
    const std::string& source_id, time_point posted_at, const spool::report_places& reported
) {
    remove(source_id);
    auto key = key_for(source_id);
    post fresh{posted_at, reported};
    by_id_.emplace(key, fresh);
    count(fresh, 1);
    aged last{posted_at, key};
    is_in_order_ = is_in_order_ && (by_age_.empty() || by_age_.back() < last);
    by_age_.push_back(last);
}

void expectations::remove(const std::string& source_id) {
    auto key = find_key(source_id);
    auto found = key ? by_id_.find(*key) : by_id_.end();
    if (found == by_id_.end()) return;
    count(found->second, -1);
    by_id_.erase(found);
    if (by_id_.empty()) by_age_.clear();
}

bool expectations::contains(const std::string& source_id) const {
    auto key = find_key(source_id);
    return key && by_id_.contains(*key);
}

std::optional<time_point> expectations::oldest() const {
    put_in_order();
    if (by_age_.empty()) return std::nullopt;
    return by_age_.front().at;
}

std::optional<time_point> expectations::youngest() const {
    put_in_order();
    if (by_age_.empty()) return std::nullopt;
    return by_age_.back().at;
}

void expectations::each(const std::function<bool(const entry&)>& visit) const {
    put_in_order();
    for (auto& one : by_age_) {
        auto known = by_id_.find(one.key);
        if (known == by_id_.end() || known->second.at != one.at) continue;
        auto id = text_of(one.key);
        if (!visit({id, one.at, known->second.reported})) return;
    }
}

}  // namespace kustodrop::pipeline
