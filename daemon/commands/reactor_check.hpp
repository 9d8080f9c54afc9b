#pragma once

#include <string>

namespace kustodrop::daemon {

/// Which events never reach the event loop because the kernel had no room for them in its epoll set
/// when the loop was built: "signals", "timers", "other threads"; empty if all do. Asio ignores
/// that failure, and a daemon that does not receive SIGTERM should not start. Call it with a
/// signal_set in place. Also empty where /proc does not show it.
std::string deaf_to();

}  // namespace kustodrop::daemon
