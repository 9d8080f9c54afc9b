#pragma once

#include "async/awaitable.hpp"
#include "base/time.hpp"

namespace kustodrop {

/// A source of time that can also be waited on. Nothing outside this seam arms a timer.
class clock : public time_source {
public:
    /// Returns at or after `wake`, at once if that has passed. Throws when cancelled.
    virtual asio::awaitable<void> sleep_until(time_point wake) = 0;
};

/// The machine's own time.
class real_clock final : public clock {
public:
    time_point now() const override { return std::chrono::steady_clock::now(); }
    wall_time wall_now() const override;
    asio::awaitable<void> sleep_until(time_point wake) override;
};

}  // namespace kustodrop
