#pragma once

#include <string>

namespace kustodrop::daemon {

/// The cause of an outcome in one line, without saying the code twice: some of the service's
/// messages begin with their own.
std::string with_code(const std::string& code, const std::string& details);

}  // namespace kustodrop::daemon
