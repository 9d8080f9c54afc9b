#pragma once

#include <string>

namespace kustodrop::daemon {

/// The text of `kustodrop status` from the JSON that the daemon gave.
std::string status_text(const std::string& json);

}  // namespace kustodrop::daemon
