#pragma once

#include "config/load.hpp"

#include <string>
#include <vector>

namespace kustodrop::config {

/// One value that is in force.
struct effective_value {
    std::string key;    // "watches[0].table".
    std::string value;  // As YAML. Secrets, and what came out of files and credentials, are not
                        // in it: those are shown as they are written, or as "(secret)".
    std::string from;   // "FILE:LINE:COLUMN", or "default".
};

/// Every key of the table with its value, in the order of the table. Pure.
std::vector<effective_value> effective_values(const loaded&);

/// The same as a configuration file, with the place of each value that is not a default behind it.
std::string effective_yaml(const std::vector<effective_value>&);

}  // namespace kustodrop::config
