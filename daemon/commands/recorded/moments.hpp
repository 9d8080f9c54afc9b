#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace kustodrop::daemon {

/// A point in time as people write it: "1h" or "7d" (ago), "now", "today", "yesterday", a date
/// ("2026-11-27": its beginning) or a time ("2026-11-27T10:00"); in UTC, as everything that is
/// printed. Nothing if it is none.
std::optional<wall_time> parse_moment(std::string_view text, wall_time now);

}  // namespace kustodrop::daemon
