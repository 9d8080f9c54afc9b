#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>

namespace kustodrop::daemon {

/// The name of the cluster that a command is to use; empty: the only one. Nothing where the one
/// that was given is not configured, or several are and none was given: that is said already.
/// `option`: how it is given.
std::optional<std::string> choose_cluster(
    const config::settings& settings, const std::string& given, const std::string& option
);

}  // namespace kustodrop::daemon
