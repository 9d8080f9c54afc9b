#pragma once

#include "base/time.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The fleet table as the service knows it. Pure.
namespace kustodrop::daemon {

/// The columns with their types, in order.
std::vector<std::pair<std::string_view, std::string_view>> fleet_columns();

/// The commands that create the table, its mapping, its retention and the functions that ask it, in
/// the context of its database: each begins with a line that begins with a point, and an empty line
/// follows it.
std::string fleet_commands(const config::fleet_settings& fleet);

/// The query for the latest heartbeat of every host that sent one since then.
std::string fleet_question(const config::fleet_settings& fleet, wall_time since);

}  // namespace kustodrop::daemon
