#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// The regular files that the paths name or that lie below them, absolute, sorted, each once; what
/// lies in a .kustodrop is left out. Failures: "no_such_file", "unreadable".
result<std::vector<std::string>> files_at(const std::vector<std::string>& paths);

}  // namespace kustodrop::daemon
