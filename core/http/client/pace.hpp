#pragma once

#include "async/clock.hpp"

#include <algorithm>
#include <optional>

namespace kustodrop::http {

/// How long one read or write may take.
struct io_limits {
    duration rest;                     // Without progress.
    duration whole = duration::max();  // In any case.
};

/// How much longer it may take after it has waited for so long. Pure.
inline duration further_patience(const io_limits& limits, duration waited, bool progress) {
    if (!progress || waited >= limits.whole) return duration::zero();
    return std::min(limits.rest, limits.whole - waited);
}

/// The time that is left to a request, over all its phases.
class pace {
public:
    pace(clock& clock, std::optional<duration> total) : clock_(&clock) {
        if (total) end_ = clock.now() + *total;
    }

    time_point end() const { return end_; }

    /// The same, with no more than `total` from now on.
    pace within(duration total) const {
        auto out = *this;
        out.end_ = std::min(end_, clock_->now() + total);
        return out;
    }
    duration left() const {
        if (end_ == time_point::max()) return duration::max();
        return std::max(end_ - clock_->now(), duration::zero());
    }
    duration at_most(duration phase) const { return std::min(left(), phase); }

    /// Of one read or write that may rest for so long.
    io_limits limits(duration rest) const {
        auto whole = left();
        return {std::min(whole, rest), whole};
    }

private:
    clock* clock_;
    time_point end_ = time_point::max();
};

}  // namespace kustodrop::http
