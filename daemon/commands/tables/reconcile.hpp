#pragma once

#include <string>

namespace kustodrop::daemon {

struct reconcile_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    std::string watch;
    std::string since = "1d";  // As parse_moment() reads it.
    std::string until;         // Empty: now.
    bool json = false;
};

/// Compares the records that the journal says arrived with the rows of the watch's tables. Exit
/// code 0 if they are equal, 1 if not or if not all are known.
int command_reconcile(const reconcile_options& options);

}  // namespace kustodrop::daemon
