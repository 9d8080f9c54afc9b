#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace kustodrop::emulator {

/// Reads "500ms", "5s", "15m", "1h", "4d"; nothing for anything else.
std::optional<duration> parse_duration(std::string_view text);

}  // namespace kustodrop::emulator
