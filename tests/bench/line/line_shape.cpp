#include "line/line_shape.hpp"

#include <algorithm>

namespace kustodrop::bench {

static constexpr std::uint64_t least_piece = 1'448;  // What a packet carries.
static constexpr std::uint64_t most_piece = 64u << 10u;
static constexpr duration least_timeout = 200ms;  // Linux: before TCP takes a rest for a long one.

// The same for the same number: SplitMix64 (Steele, Lea, Flood: Fast Splittable PRNGs, 2014).
static double chance(std::uint64_t seed, std::uint64_t number) {
    auto x = (seed << 32u) + number * 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30u)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27u)) * 0x94d049bb133111ebull;
    x ^= x >> 31u;
    return static_cast<double>(x >> 11u) / static_cast<double>(1ull << 53u);
}

static duration part_of(duration whole, double share) {
    return duration(static_cast<duration::rep>(static_cast<double>(whole.count()) * share));
}

std::uint64_t piece_bytes(const line_shape& shape) {
    return std::clamp(shape.bytes_per_second / 200, least_piece, most_piece);
}

std::pair<duration, duration> stall_plan::stall(std::uint64_t interval) const {
    auto rest = std::max(shape_.stall_every - shape_.stall, duration::zero());
    auto begin = static_cast<duration::rep>(interval) * shape_.stall_every;
    begin += part_of(rest, chance(shape_.seed, interval));
    return {begin, begin + shape_.stall};
}

duration stall_plan::end_of(duration from, duration work) const {
    if (shape_.stall == duration::zero()) return from + work;
    auto interval = static_cast<std::uint64_t>(from / shape_.stall_every);
    for (auto at = from;; ++interval) {
        auto [begin, end] = stall(interval);
        if (at < begin) {
            auto before = std::min(work, begin - at);
            at += before;
            work -= before;
            if (work == duration::zero()) return at;
        }
        at = std::max(at, end);
    }
}

duration line_way::leaves_at(std::uint64_t bytes, duration now) {
    auto seconds = static_cast<double>(bytes) / static_cast<double>(shape_.bytes_per_second);
    auto work = part_of(1s, seconds);
    free_at_ = stalls_.end_of(std::max(free_at_, now), work);
    return free_at_;
}

duration time_under_way(const line_shape& shape, std::uint64_t piece) {
    return shape.round_trip / 2 + part_of(shape.jitter, chance(shape.seed + 1, piece) - 0.5);
}

std::uint64_t send_window::room(duration now) {
    while (!coming_.empty() && coming_.front().when <= now) {
        auto bytes = coming_.front().bytes;
        // It is not widened by what did not need it.
        if (2 * under_way_ >= allowed_) allowed_ = std::min(allowed_ + bytes, most_bytes);
        under_way_ -= bytes;
        coming_.pop_front();
    }
    auto timeout = std::max(shape_.round_trip + least_timeout, least_timeout);
    if (under_way_ == 0) {
        for (auto rest = now - last_sent_; rest >= timeout && allowed_ > first_bytes;) {
            allowed_ = std::max(allowed_ / 2, first_bytes);
            rest -= timeout;
        }
    }
    return allowed_ - std::min(allowed_, under_way_);
}

void send_window::sent(std::uint64_t bytes, duration now) {
    under_way_ += bytes;
    last_sent_ = now;
}

void send_window::acknowledged_at(std::uint64_t bytes, duration when) {
    if (!coming_.empty()) when = std::max(when, coming_.back().when);
    coming_.push_back({bytes, when});
}

duration send_window::next() const {
    return coming_.empty() ? duration::max() : coming_.front().when;
}

}  // namespace kustodrop::bench
