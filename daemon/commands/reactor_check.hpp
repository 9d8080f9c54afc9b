#pragma once

#include <string>

namespace kustodrop::daemon {

/// What the event loop cannot hear of because the kernel had no room for it in its epoll set when
/// the loop was built: "signals", "timers", "other threads"; empty if it hears of all. Asio does
/// not look at that failure, and a daemon that is deaf to SIGTERM should not begin. Call it with a
/// signal_set in place. Also empty where /proc does not show it.
std::string deaf_to();

}  // namespace kustodrop::daemon
