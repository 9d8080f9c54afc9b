#pragma once

#include "base/result.hpp"
#include "daemon/program.hpp"

#include <string>

namespace kustodrop::daemon {

/// Copies the whole journal to the new file `file`, by the daemon, which continues to write it, or
/// where none runs by itself; returns the copy's size. A file that exists is refused.
result<std::string> export_journal(const question_settings& asking, const std::string& file);

}  // namespace kustodrop::daemon
