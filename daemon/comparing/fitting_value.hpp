#pragma once

#include <string_view>

namespace kustodrop::daemon {

/// Whether the service reads a value as the type of its column. `no`: it becomes null.
enum class fit { yes, no, unknown };

/// Of a text, as csv has it or as a string of JSON. An empty one is null, as it should be.
fit fits(std::string_view text, std::string_view type);

/// Whether the digits are a recent Unix time, in seconds or smaller units.
bool is_unix_time(std::string_view text);

}  // namespace kustodrop::daemon
