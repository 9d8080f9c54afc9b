#pragma once

#include "base/time.hpp"

#include <optional>

namespace kustodrop::daemon {

/// How long the service manager waits for a sign of life before it ends us: $WATCHDOG_USEC, if
/// $WATCHDOG_PID is ours or unset (sd_watchdog_enabled(3)). Nothing: it does not wait.
std::optional<duration> watchdog_patience();

/// Whether the daemon makes progress. The event loop has no field: it is the one that asks.
struct progress {
    time_point now{};
    std::optional<time_point> commit_since = {};  // When the commit at the journal's disk began.
};

/// Whether the daemon may report that it is alive. A commit that fails is progress, because it is
/// tried again; one that neither ends nor fails is not. A wait for the network or for a hung mount
/// holds up nothing else, and a restart would not fix it. Pure.
bool gets_on(const progress& seen, duration patience);

}  // namespace kustodrop::daemon
