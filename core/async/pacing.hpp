#pragma once

#include "async/clock.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>

namespace kustodrop {

/// Decides when bytes may go so that so many go in a second. Pure.
class token_bucket {
public:
    explicit token_bucket(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

    /// Takes bytes out, in the order of asking; they may go at the time that is returned. What was
    /// not used is saved up for `burst` at most.
    time_point take(std::uint64_t bytes, time_point now);

    static constexpr duration burst = std::chrono::milliseconds(100);

private:
    std::uint64_t rate_;
    time_point next_{};
};

/// Holds all uploads together to one rate. They send in pieces and wait before each, so that a
/// small file is not held up by a large one.
class pacer {
public:
    pacer(clock& clock, std::uint64_t bytes_per_second);

    /// How much is to be sent at one go: what the rate gives in 20 ms, from 1 to 64 KiB.
    std::size_t piece_bytes() const { return piece_bytes_; }

    /// Returns when so many bytes may be sent.
    asio::awaitable<void> wait_for(std::size_t bytes);

private:
    clock& clock_;
    token_bucket bucket_;
    std::size_t piece_bytes_;
};

}  // namespace kustodrop
