#include "kusto/account_ring.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::kusto {

static constexpr unsigned failures_to_open = 5;
static constexpr unsigned least_sample = 20;
static constexpr duration bucket_length = 5s;  // Six of them make the 30 s that are looked at.
static constexpr duration longest_probe_wait = 30s;
static constexpr duration probe_lost_after = 60s;  // Its caller was cancelled and never reported.
static constexpr std::size_t requests_a_probe = 50;
static constexpr std::size_t least_of_a_crowd = 4;
static constexpr duration probe_anyway_after = 50s;
static constexpr std::uint64_t turns_kept = 3;  // Of a place that was passed over.

// a1 b1 a2 b2 a3: neighbours differ in their account as long as there are two.
static std::vector<azure::storage_place> interleaved(std::vector<azure::storage_place> places) {
    std::vector<std::vector<azure::storage_place>> groups;
    for (auto& place : places) {
        auto group = std::find_if(groups.begin(), groups.end(), [&](auto& one) {
            return one.front().account == place.account;
        });
        if (group == groups.end()) group = groups.emplace(groups.end());
        group->push_back(std::move(place));
    }
    std::vector<azure::storage_place> out;
    for (std::size_t round = 0; out.size() < places.size(); ++round) {
        for (auto& group : groups) {
            if (round < group.size()) out.push_back(std::move(group[round]));
        }
    }
    return out;
}

void account_ring::update(std::vector<azure::storage_place> places) {
    bool is_first = places_.empty();
    places_ = interleaved(std::move(places));
    std::map<std::string, health, std::less<>> kept;
    for (auto& place : places_) kept[place.account] = accounts_[place.account];
    accounts_ = std::move(kept);
    if (places_.empty()) return;
    // Many daemons start at once; they should not all begin with the same account.
    turns_.assign(places_.size(), 0);
    if (is_first) cursor_ = random_();
    cursor_ %= places_.size();
}

bool account_ring::may_probe(const health& account, time_point now) const {
    if (!account.open || now < account.probe_at) return false;
    auto since = now - account.tried_at;
    if (account.probing) return since >= probe_lost_after;
    return account.served_meanwhile >= requests_a_probe || since >= probe_anyway_after;
}

// The first usable place from the cursor on whose account is accepted.
std::optional<std::size_t> account_ring::find_place(wall_time wall, auto accept) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        auto at = (cursor_ + i) % places_.size();
        auto& place = places_[at];
        if (!place.usable_at(wall)) continue;
        if (accept(accounts_.find(place.account)->second)) return at;
    }
    return std::nullopt;
}

// Of these the first one that had the fewest turns: who was passed over is next.
std::optional<std::size_t> account_ring::find_least_used(wall_time wall, auto accept) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        auto at = (cursor_ + i) % places_.size();
        auto& place = places_[at];
        if (found && turns_[at] >= turns_[*found]) continue;
        if (!place.usable_at(wall) || !accept(accounts_.find(place.account)->second)) continue;
        found = at;
    }
    return found;
}

void account_ring::take_turn(std::size_t place) {
    cursor_ = (place + 1) % places_.size();
    auto most = std::max(*std::ranges::max_element(turns_), ++turns_[place]);
    // An account that was passed over for long is not flooded afterwards.
    for (auto& turns : turns_) turns = std::max(turns, most - std::min(most, turns_kept));
}

std::optional<azure::storage_place> account_ring::next(time_point now, wall_time wall) {
    auto is_due = [&](const health& account) { return may_probe(account, now); };
    auto is_well = [](const health& account) { return !account.open; };
    auto is_free = [](const health& account) { return !account.open && !account.crowded; };
    auto found = find_place(wall, is_due);
    bool is_try = found.has_value();
    if (!found) {
        found = find_least_used(wall, is_free);
        if (!found) found = find_least_used(wall, is_well);
        if (found) take_turn(*found);
    }
    if (!found) {
        auto oldest = time_point::max();
        find_place(wall, [&](const health& account) {
            oldest = std::min(oldest, account.tried_at);
            return false;
        });
        found = find_place(wall, [&](const health& one) { return one.tried_at == oldest; });
        is_try = found.has_value();
        if (found) cursor_ = (*found + 1) % places_.size();
    }
    if (!found) return std::nullopt;
    for (auto& [name, account] : accounts_) ++account.served_meanwhile;
    auto& place = places_[*found];
    if (is_try) {
        auto& account = accounts_.find(place.account)->second;
        account.probing = true;
        account.tried_at = now;
        account.served_meanwhile = 0;
    }
    return place;
}

void account_ring::plan_probe(health& account, time_point now) {
    std::uniform_int_distribution<duration::rep> draw(duration(5s).count(), duration(15s).count());
    auto wait = duration(draw(random_));
    for (unsigned i = 0; i < account.probes && wait < longest_probe_wait; ++i) wait *= 2;
    account.probe_at = now + std::min(wait, longest_probe_wait);
}

void account_ring::open(health& account, time_point now) {
    bool crowded = account.crowded;
    account = health();
    account.crowded = crowded;
    account.open = true;
    account.tried_at = now;
    plan_probe(account, now);
}

void account_ring::report(std::string_view name, bool ok, time_point now) {
    auto found = accounts_.find(name);
    if (found == accounts_.end()) return;
    auto& account = found->second;
    if (account.open) {
        // Answers to what was sent before it opened say nothing new.
        if (!account.probing) return;
        account.probing = false;
        ++account.probes;
        if (!ok) return plan_probe(account, now);
        bool crowded = account.crowded;
        account = health();
        account.crowded = crowded;
        // It has its share from now on, as if nothing had been.
        auto most = *std::ranges::max_element(turns_);
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].account == name) turns_[i] = most;
        }
        return;
    }
    auto slot = static_cast<long>(now.time_since_epoch() / bucket_length);
    auto& current = account.recent[static_cast<std::size_t>(slot) % account.recent.size()];
    if (current.slot != slot) current = bucket{slot, 0, 0};
    ++current.total;
    if (!ok) ++current.failed;
    account.failures_in_a_row = ok ? 0 : account.failures_in_a_row + 1;

    unsigned total = 0;
    unsigned failed = 0;
    for (auto& bucket : account.recent) {
        if (slot - bucket.slot >= static_cast<long>(account.recent.size())) continue;
        total += bucket.total;
        failed += bucket.failed;
    }
    bool mostly_fails = total >= least_sample && failed * 2 > total;
    if (account.failures_in_a_row >= failures_to_open || mostly_fails) open(account, now);
}

void account_ring::busy_with(std::string_view name, std::size_t requests, std::size_t of_all) {
    auto found = accounts_.find(name);
    if (found == accounts_.end()) return;
    found->second.crowded = requests >= least_of_a_crowd && requests * 2 > of_all;
}

bool account_ring::is_healthy(std::string_view name) const {
    auto found = accounts_.find(name);
    return found != accounts_.end() && !found->second.open;
}

}  // namespace kustodrop::kusto
