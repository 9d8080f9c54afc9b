#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <deque>
#include <utility>

/// How a long line behaves, without any socket. All of it is pure.
namespace kustodrop::bench {

struct line_shape {
    duration round_trip = 80ms;
    duration jitter = 0ms;  // A way takes half a round trip, and up to half of this less or more.
    std::uint64_t bytes_per_second = 2'500'000;  // Each way, of all connections together.
    duration stall = 0ms;                        // Nothing moves for so long,
    duration stall_every = 1min;                 // once in each such interval.
    std::uint64_t seed = 1;
};

/// The least and the most that is sent in one piece: what the line carries in 5 ms.
std::uint64_t piece_bytes(const line_shape& shape);

/// When the line carries nothing. Time counts from the line's beginning.
class stall_plan {
public:
    explicit stall_plan(const line_shape& shape) : shape_(shape) {}

    /// The stall of the interval with this number: its beginning and its end.
    std::pair<duration, duration> stall(std::uint64_t interval) const;

    /// When work of this length ends that begins at `from` and rests in stalls.
    duration end_of(duration from, duration work) const;

private:
    line_shape shape_;
};

/// One way of the line, which all connections share: pieces leave it one after the other.
class line_way {
public:
    explicit line_way(const line_shape& shape) : shape_(shape), stalls_(shape) {}

    /// When the last byte of a piece has left that is handed over now.
    duration leaves_at(std::uint64_t bytes, duration now);

private:
    line_shape shape_;
    stall_plan stalls_;
    duration free_at_{};
};

/// How long one piece is under way; differs from piece to piece by the jitter.
duration time_under_way(const line_shape& shape, std::uint64_t piece);

/// How much of one connection may be under way without having been acknowledged: as TCP begins,
/// and grows while nothing is lost, and begins again after a rest (RFC 5681 §3.1, §4.1).
class send_window {
public:
    explicit send_window(const line_shape& shape) : shape_(shape) {}

    /// How much may be sent now.
    std::uint64_t room(duration now);
    void sent(std::uint64_t bytes, duration now);

    /// The acknowledgement of the oldest bytes arrives then. Not earlier than the one before.
    void acknowledged_at(std::uint64_t bytes, duration when);

    /// When the next acknowledgement arrives; duration::max(): none is on its way.
    duration next() const;

    static constexpr std::uint64_t first_bytes = 14'600;
    static constexpr std::uint64_t most_bytes = 4u << 20u;

private:
    struct acknowledgement {
        std::uint64_t bytes;
        duration when;
    };
    line_shape shape_;
    std::uint64_t allowed_ = first_bytes;
    std::uint64_t under_way_ = 0;
    duration last_sent_{};
    std::deque<acknowledgement> coming_;
};

}  // namespace kustodrop::bench
