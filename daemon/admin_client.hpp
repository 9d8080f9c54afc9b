#pragma once

#include "base/result.hpp"

#include <string>

namespace kustodrop::daemon {

/// One GET to the running daemon's admin socket; blocking. Failures: "no_daemon" when nobody
/// listens there, "not_allowed", "bad_answer".
result<std::string> ask_daemon(const std::string& socket_path, const std::string& target);

/// The same by POST, which changes something.
result<std::string> tell_daemon(const std::string& socket_path, const std::string& target);

}  // namespace kustodrop::daemon
