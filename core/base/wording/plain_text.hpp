#pragma once

#include <cstddef>
#include <string_view>

namespace kustodrop {

/// How many bytes from the first on are printable ASCII other than `"` and `\`: what can stand in a
/// log, on a terminal, in JSON and in the head of a request as it is. At most that: it may end
/// before up to seven more of them.
std::size_t plain_prefix(std::string_view text);

}  // namespace kustodrop
