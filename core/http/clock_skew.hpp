#pragma once

#include "base/time.hpp"
#include "http/message.hpp"

#include <optional>
#include <string>

namespace kustodrop::http {

/// From here on services refuse what is signed for a time: SAS, assertions (docs/traps.md §5).
inline constexpr duration harmful_skew = std::chrono::minutes(5);

/// How far this machine's clock is ahead of the server's; negative where it is behind. A Date has
/// whole seconds, so that less than one is none. Nothing without a Date that can be read.
/// `received` is this machine's time when the answer came.
std::optional<duration> clock_skew(const response& answer, wall_time received);

/// The same where the Date has been read already.
duration clock_skew(wall_time served, wall_time received);

/// "this machine's clock is 10min ahead of HOST's; set it (timedatectl, chrony), …": what to say
/// of a harmful skew. Nothing for less.
std::optional<std::string> skew_hint(duration skew, const std::string& host);

}  // namespace kustodrop::http
