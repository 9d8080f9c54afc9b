#pragma once

#include "async/clock.hpp"
#include "async/timetable.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>

namespace kustodrop {

/// Decides when bytes may go so that so many go in a second. Pure.
class token_bucket {
public:
    /// Not 0.
    explicit token_bucket(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

    /// Takes bytes out, in the order of asking; they may go at the time that is returned. What was
    /// not used is saved up for `burst` at most.
    time_point take(std::uint64_t bytes, time_point now);

    static constexpr duration burst = std::chrono::milliseconds(100);

private:
    std::uint64_t rate_;
    time_point next_{};
};

/// Holds all uploads together to the rate of the moment. They send in pieces and wait before each,
/// so that a small file is not held up by a large one. Another rate holds for those that wait too,
/// within `look_interval` of its beginning, or of a jump of the machine's clock.
class pacer {
public:
    pacer(clock& clock, timetable rates, time_zone zone = machine_zone);

    void change(timetable rates);

    /// The rate that holds now; 0: no limit.
    std::uint64_t bytes_per_second();

    /// How much is to be sent at one go: what the rate gives in 20 ms, from 1 to 64 KiB.
    std::size_t piece_bytes();

    /// Returns when so many bytes may be sent.
    asio::awaitable<void> wait_for(std::size_t bytes);

    static constexpr duration look_interval = std::chrono::seconds(1);

private:
    void look();

    clock& clock_;
    timetable rates_;
    time_zone zone_;
    token_bucket bucket_{1};
    std::uint64_t rate_ = 0;
    std::uint64_t changes_ = 0;  // Of the rate, until now.
    time_point next_look_{};
};

}  // namespace kustodrop
