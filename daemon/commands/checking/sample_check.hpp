#pragma once

#include "daemon/commands/commands.hpp"

namespace kustodrop::daemon {

/// `check --sample`: compares a sample with the table and the mapping of a watch. Exit code 1 if
/// something would be refused or stored as null, or if nothing can be said.
int command_check_sample(const check_options& options);

}  // namespace kustodrop::daemon
