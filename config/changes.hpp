#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace kustodrop::config {

/// What a reload makes of a new configuration, by names of watches and of keys.
struct changes {
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> adjusted;    // The same folder under other rules.
    std::vector<std::string> moved;       // Another folder, or another way to claim.
    std::vector<std::string> keys;        // "log.level": in force at once.
    std::vector<std::string> at_restart;  // "upload.concurrency": only a restart takes them.

    bool empty() const;
    friend bool operator==(const changes&, const changes&) = default;
};

/// What differs, and in `in_force` the settings that hold from now on: the wanted ones, but for
/// the keys that wait for a restart. Those are named again by every reload until then. Every key of
/// the table that differs is named; of a watch, the watch. Pure.
changes adopt(settings& in_force, const settings& wanted);

}  // namespace kustodrop::config
