#pragma once

#include <string>

namespace kustodrop::daemon {

struct gen_fleet_options {
    std::string config;
    std::string table;  // Empty: the configuration's.
};

/// Prints the commands that create the fleet table. Asks nothing of the network.
int command_gen_fleet(const gen_fleet_options& options);

struct fleet_options {
    std::string config;
    bool json = false;
};

/// Asks the query endpoint for the latest heartbeat of every host, and prints a line for each.
/// Exit code 1 if a host is silent or in trouble.
int command_fleet(const fleet_options& options);

}  // namespace kustodrop::daemon
