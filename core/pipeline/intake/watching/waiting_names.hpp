#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// Since when files wait in the folder that ought to be shipped and cannot be claimed: unreadable
/// ones, for example. At most `most_names` are remembered. Pure.
class waiting_names {
public:
    /// Remembered from the first time on.
    void add(const std::string& name, time_point now) {
        if (names_.size() >= most_names) return;
        names_.try_emplace(name, one_name{now, pass_}).first->second.pass = pass_;
    }
    void remove(const std::string& name) { names_.erase(name); }
    void clear() { names_.clear(); }

    /// A pass over the folder, in slices. What was not met in it is forgotten at its end.
    void begin_pass() { ++pass_; }
    void met(const std::string& name) {
        if (auto found = names_.find(name); found != names_.end()) found->second.pass = pass_;
    }
    void end_pass() {
        std::erase_if(names_, [&](auto& one) { return one.second.pass != pass_; });
    }

    bool empty() const { return names_.empty(); }
    std::optional<time_point> oldest() const {
        if (names_.empty()) return std::nullopt;
        auto earlier = [](auto& one, auto& other) { return one.second.since < other.second.since; };
        return std::ranges::min_element(names_, earlier)->second.since;
    }

private:
    static constexpr std::size_t most_names = 10'000;

    struct one_name {
        time_point since;
        std::uint64_t pass;
    };
    std::map<std::string, one_name> names_;
    std::uint64_t pass_ = 0;
};

/// The earlier of two moments of which each may be unknown.
inline std::optional<time_point> earlier_of(
    std::optional<time_point> one, std::optional<time_point> other
) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace kustodrop::pipeline
