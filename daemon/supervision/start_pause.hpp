#pragma once

#include "base/time.hpp"

#include <string>

namespace kustodrop::daemon {

/// How long a start is delayed after so many failed starts in a row: not at all after none, then
/// 1 s, doubled up to 5 min. Pure.
duration pause_after(unsigned failed_starts);

/// Growing pauses between starts, which systemd 252 cannot make (RestartSteps= came with 254), so
/// that a unit that never gives up does not spin. The count is in $RUNTIME_DIRECTORY, which
/// outlives restarts but not a stop; without a service manager no start is counted or delayed.
///
/// Only a start that follows failures waits, so a first start with a bad configuration is refused
/// at once; and a changed configuration, SIGHUP or `systemctl restart` ends the wait.
class start_pause {
public:
    explicit start_pause(std::string config_path);

    /// Waits as long as earlier failures ask for, and counts this start as one more until
    /// went_well(). Blocking; STATUS= says what it waits for. False: SIGTERM or SIGINT came.
    ///
    /// SIGTERM, SIGINT and SIGHUP that come later are held back until let_signals_in().
    bool wait();

    /// Call this once signals are handled.
    static void let_signals_in();

    /// This start succeeded, or was ended on purpose.
    void went_well();

private:
    std::string config_path_;
    std::string count_path_;  // Empty: nothing restarts us.
};

}  // namespace kustodrop::daemon
