#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"
#include "kusto/dataset.hpp"

#include <optional>

namespace kustodrop::daemon {

/// What is wrong with the fleet table by the answer to mappings_command(); nothing where that does
/// not show anything wrong, as where it may not be asked. Pure.
std::optional<failure> fleet_table_problem(
    const config::fleet_settings& fleet, const result<kusto::dataset>& mappings
);

}  // namespace kustodrop::daemon
