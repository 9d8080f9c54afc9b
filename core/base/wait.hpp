#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"

namespace kustodrop {

/// Returns at the next notify_all() of `happened`, or at `until`, whichever is first. Throws, here
/// or at the caller's next wait, when cancelled.
asio::awaitable<void> wait_until(event& happened, clock& clock, time_point until);

}  // namespace kustodrop
