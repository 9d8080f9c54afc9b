#pragma once

#include "async/clock.hpp"

#include <algorithm>
#include <optional>

namespace kustodrop::http {

/// The time that is left to a request, over all its phases.
class pace {
public:
    pace(clock& clock, std::optional<duration> total) : clock_(clock) {
        if (total) end_ = clock.now() + *total;
    }

    time_point end() const { return end_; }

    /// The same, with no more than `total` from now on.
    pace within(duration total) const {
        auto out = *this;
        out.end_ = std::min(end_, clock_.now() + total);
        return out;
    }
    duration at_most(duration phase) const {
        if (end_ == time_point::max()) return phase;
        return std::clamp(end_ - clock_.now(), duration::zero(), phase);
    }

private:
    clock& clock_;
    time_point end_ = time_point::max();
};

}  // namespace kustodrop::http
