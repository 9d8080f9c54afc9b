#pragma once

#include "base/result.hpp"
#include "daemon/inferring/found_table.hpp"

#include <string>

namespace kustodrop::daemon {

/// The first 16 MiB of a file. Fails with "unreadable": the file and why. Blocks.
result<sample> read_sample(const std::string& path);

}  // namespace kustodrop::daemon
