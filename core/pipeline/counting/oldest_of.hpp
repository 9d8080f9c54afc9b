#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <vector>

namespace kustodrop::pipeline {

/// The oldest of many times of which some are removed again, in little memory: there may be a
/// hundred thousand. A removed one is taken out when it would be the oldest, or with half of the
/// others. Pure.
class oldest_of {
public:
    void add(wall_time one) {
        put(here_, one);
        settle();
    }

    /// One of those that were added.
    void remove(wall_time one) {
        put(removed_, one);
        settle();
    }

    std::optional<wall_time> oldest() const {
        if (here_.empty()) return std::nullopt;
        return here_.front();
    }

    std::size_t kept() const { return here_.size() + removed_.size(); }

private:
    using heap = std::vector<wall_time>;  // The oldest in front.

    static void put(heap& into, wall_time one) {
        into.push_back(one);
        std::push_heap(into.begin(), into.end(), std::greater<>());
    }

    static void drop_first(heap& of) {
        std::pop_heap(of.begin(), of.end(), std::greater<>());
        of.pop_back();
    }

    void settle() {
        while (!removed_.empty() && !here_.empty() && removed_.front() <= here_.front()) {
            if (removed_.front() == here_.front()) drop_first(here_);
            drop_first(removed_);
        }
        if (here_.empty()) removed_.clear();
        if (removed_.size() > 64 && removed_.size() > here_.size() / 2) clear_out();
    }

    void clear_out() {
        std::ranges::sort(here_);
        std::ranges::sort(removed_);
        heap left;
        std::ranges::set_difference(here_, removed_, std::back_inserter(left));
        here_ = std::move(left);  // In order, so a heap.
        removed_.clear();
    }

    heap here_;
    heap removed_;
};

}  // namespace kustodrop::pipeline
