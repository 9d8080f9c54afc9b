#pragma once

#include "daemon/inferring/found_table.hpp"

#include <vector>

namespace kustodrop::daemon {

/// Columns of records that are JSON objects, one a line or, with multijson, over several lines.
inference infer_json(const std::vector<sample>& samples, bool is_multi);

}  // namespace kustodrop::daemon
