#include "async/pacing.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop {

time_point token_bucket::take(std::uint64_t bytes, time_point now) {
    auto begin = std::max(next_, now - burst);
    // In floating point: at a terabyte a second an integer of nanoseconds would be too coarse.
    std::chrono::duration<double> took(static_cast<double>(bytes) / static_cast<double>(rate_));
    next_ = begin + std::chrono::duration_cast<duration>(took);
    return std::max(begin, now);
}

pacer::pacer(clock& clock, timetable rates, time_zone zone)
    : clock_(clock), rates_(std::move(rates)), zone_(std::move(zone)) {
    look();
}

void pacer::change(timetable rates) {
    if (rates == rates_) return;
    rates_ = std::move(rates);
    look();
}

// Moments of the calendar cannot be waited for: the machine's clock may jump.
void pacer::look() {
    auto now = clock_.now();
    next_look_ = rates_.is_constant() ? time_point::max() : now + look_interval;
    auto rate = rates_.at(clock_.wall_now(), zone_).bytes_per_second;
    if (rate == rate_) return;
    rate_ = rate;
    bucket_ = token_bucket(std::max<std::uint64_t>(rate, 1));
    ++changes_;
}

std::uint64_t pacer::bytes_per_second() {
    if (clock_.now() >= next_look_) look();
    return rate_;
}

std::size_t pacer::piece_bytes() {
    static constexpr std::uint64_t most = 64u << 10u;
    auto rate = bytes_per_second();
    return rate == 0 ? most : std::clamp<std::uint64_t>(rate / 50, 1u << 10u, most);
}

asio::awaitable<void> pacer::wait_for(std::size_t bytes) {
    while (bytes_per_second() != 0) {
        auto seen = changes_;
        auto when = bucket_.take(bytes, clock_.now());
        while (seen == changes_) {
            auto now = clock_.now();
            if (now >= when) co_return;
            auto wake = std::min(when, now + look_interval);
            co_await clock_.sleep_until(wake);
            bytes_per_second();
        }
    }
}

}  // namespace kustodrop
