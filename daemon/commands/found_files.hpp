#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// The regular files that the paths name or that lie below them, absolute, sorted, each once. Of
/// what lies in a folder hidden and temporary names are left out, as a watch leaves them out.
/// Failures: "no_such_file", "not_a_file" for a pipe or device, "unreadable".
result<std::vector<std::string>> files_at(const std::vector<std::string>& paths);

}  // namespace kustodrop::daemon
