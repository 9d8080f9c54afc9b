#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// Since when files wait in the folder that ought to be shipped and cannot be claimed: unreadable
/// ones, for example. At most `most_names` are remembered. Pure.
class waiting_names {
public:
    /// Remembered from the first time on.
    void add(const std::string& name, time_point now) {
        if (since_.size() < most_names) since_.try_emplace(name, now);
    }
    void remove(const std::string& name) { since_.erase(name); }
    void clear() { since_.clear(); }

    /// Forgets those that are not in the folder any more.
    void keep_only(const std::set<std::string_view>& present) {
        std::erase_if(since_, [&](auto& one) { return !present.contains(one.first); });
    }

    bool empty() const { return since_.empty(); }
    std::optional<time_point> oldest() const {
        if (since_.empty()) return std::nullopt;
        auto earlier = [](auto& one, auto& other) { return one.second < other.second; };
        return std::ranges::min_element(since_, earlier)->second;
    }

private:
    static constexpr std::size_t most_names = 10'000;

    std::map<std::string, time_point> since_;
};

/// The earlier of two moments of which each may be unknown.
inline std::optional<time_point> earlier_of(
    std::optional<time_point> one, std::optional<time_point> other
) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace kustodrop::pipeline
