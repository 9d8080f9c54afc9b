#pragma once

#include "daemon/inferring/found_table.hpp"

#include <optional>
#include <string>

namespace kustodrop::daemon {

/// The first 16 MiB of a file; nothing if it cannot be read. Blocks.
std::optional<sample> read_sample(const std::string& path);

}  // namespace kustodrop::daemon
