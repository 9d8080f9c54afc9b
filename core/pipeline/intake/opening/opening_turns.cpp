#include "pipeline/intake/opening/opening_turns.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

std::optional<std::size_t> opening_turns::begin_next(time_point now) {
    std::size_t in_hand = 0;
    for (std::size_t i = 0; i < next_; ++i) {
        if (!ended_[i] && !is_overdue(i, now)) ++in_hand;
    }
    if (next_ == begun_.size() || in_hand >= at_a_time) return std::nullopt;
    begun_[next_] = now;
    return next_++;
}

std::size_t opening_turns::late(time_point now) const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < next_; ++i) out += is_late(i, now) ? 1u : 0u;
    return out;
}

std::optional<time_point> opening_turns::next_look(time_point now) const {
    std::optional<time_point> out;
    for (std::size_t i = 0; i < next_; ++i) {
        if (ended_[i] || is_overdue(i, now)) continue;
        auto due = begun_[i] + (is_late(i, now) ? patience_ : patience_ / 5);
        out = out ? std::min(*out, due) : due;
    }
    return out;
}

}  // namespace kustodrop::pipeline
