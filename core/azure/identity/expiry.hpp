#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace kustodrop::azure {

/// The time that a member expires_on names as a date (docs/protocol.md §1.4): ISO 8601,
/// "9/14/2026 1:05:09 PM +00:00" or "09/14/2026 13:05:09 +00:00". Nothing if it is none of them.
std::optional<wall_time> parse_expiry_date(std::string_view text);

}  // namespace kustodrop::azure
