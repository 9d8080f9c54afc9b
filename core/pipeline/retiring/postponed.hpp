#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// What is to be done later, by the time when. Pure.
template <class What>
class postponed {
public:
    void add(What what, time_point when) { waiting_.emplace(when, std::move(what)); }

    std::vector<What> take_due(time_point now) {
        std::vector<What> out;
        auto end = waiting_.upper_bound(now);
        for (auto one = waiting_.begin(); one != end; ++one) out.push_back(std::move(one->second));
        waiting_.erase(waiting_.begin(), end);
        return out;
    }

    std::optional<time_point> next_due() const {
        if (waiting_.empty()) return std::nullopt;
        return waiting_.begin()->first;
    }

    template <class Is>
    bool any_of(Is is) const {
        return std::ranges::any_of(waiting_, [&](auto& one) { return is(one.second); });
    }

    std::size_t size() const { return waiting_.size(); }

private:
    std::multimap<time_point, What> waiting_;
};

}  // namespace kustodrop::pipeline
