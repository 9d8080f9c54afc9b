#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>

namespace kustodrop::daemon {

/// Until when outcomes have been reported, kept in a file so that a restart continues there.
/// Losing it costs rows about sources, or sends some twice; nothing else. Both block.
std::optional<wall_time> read_fleet_mark(const std::string& path);
bool write_fleet_mark(const std::string& path, wall_time reported);

}  // namespace kustodrop::daemon
