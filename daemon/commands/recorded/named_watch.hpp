#pragma once

#include "config/settings.hpp"

#include <string>

namespace kustodrop::daemon {

/// Whether the configuration has a watch of this name.
bool has_watch(const config::settings& settings, const std::string& name);

/// What is said of a watch's name that is not there: `what` it is not, and the name that was
/// probably meant, else the first ones that there are. Pure.
std::string unknown_watch(
    const config::settings& settings,
    const std::string& name,
    const std::string& what = "is not a configured watch"
);

}  // namespace kustodrop::daemon
