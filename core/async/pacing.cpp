#include "async/pacing.hpp"

#include <algorithm>

namespace kustodrop {

time_point token_bucket::take(std::uint64_t bytes, time_point now) {
    auto begin = std::max(next_, now - burst);
    // In floating point: at a terabyte a second an integer of nanoseconds would be too coarse.
    std::chrono::duration<double> took(static_cast<double>(bytes) / static_cast<double>(rate_));
    next_ = begin + std::chrono::duration_cast<duration>(took);
    return std::max(begin, now);
}

pacer::pacer(clock& clock, std::uint64_t bytes_per_second)
    : clock_(clock),
      bucket_(bytes_per_second),
      piece_bytes_(std::clamp<std::size_t>(bytes_per_second / 50, 1u << 10u, 64u << 10u)) {}

asio::awaitable<void> pacer::wait_for(std::size_t bytes) {
    auto when = bucket_.take(bytes, clock_.now());
    if (when > clock_.now()) co_await clock_.sleep_until(when);
}

}  // namespace kustodrop
