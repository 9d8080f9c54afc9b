#pragma once

#include "daemon/inferring/found_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Columns of records that are fields. The samples have the same columns at the same places, of
/// which some may lack the last: what differs otherwise is refused.
inference infer_separated(
    const std::vector<sample>& samples, const std::string& format, std::optional<bool> has_header
);

}  // namespace kustodrop::daemon
