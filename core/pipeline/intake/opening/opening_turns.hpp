#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace kustodrop::pipeline {

/// Which of several folders are opened when: some at a time, for each may have much to list. One
/// that takes longer than `patience` gives its place to the next, so that those that hang do not
/// keep the others waiting. One that takes a fifth of it is late: those behind it may not have had
/// a thread yet, so each late one is given another before its time is up. Pure.
class opening_turns {
public:
    static constexpr std::size_t at_a_time = 8;

    opening_turns(std::size_t folders, duration patience)
        : begun_(folders), ended_(folders), patience_(patience) {}

    /// The next one to be begun now, in their order; nothing: there is no place, or all are begun.
    std::optional<std::size_t> begin_next(time_point now);
    void end(std::size_t which) { ended_[which] = true; }
    bool has_ended(std::size_t which) const { return ended_[which]; }

    /// How many are late, whether or not their time is up.
    std::size_t late(time_point now) const;

    /// When to look again, if none ends before: when one becomes late or overdue. Nothing: each has
    /// ended or has had its time.
    std::optional<time_point> next_look(time_point now) const;

private:
    bool is_overdue(std::size_t which, time_point now) const {
        return !ended_[which] && now - begun_[which] >= patience_;
    }

    bool is_late(std::size_t which, time_point now) const {
        return !ended_[which] && now - begun_[which] >= patience_ / 5;
    }

    std::vector<time_point> begun_;
    std::vector<bool> ended_;
    std::size_t next_ = 0;  // Those before are begun.
    duration patience_;
};

}  // namespace kustodrop::pipeline
