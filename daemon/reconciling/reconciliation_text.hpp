#pragma once

#include "daemon/reconciling/row_sums.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

std::string reconciliation_text(const reconciliation& found);

/// An array (docs/json.md, reconcile).
std::string reconciliation_json(const std::vector<reconciliation>& found);

}  // namespace kustodrop::daemon
