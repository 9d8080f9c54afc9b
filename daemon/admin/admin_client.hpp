#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// So begins the answer of a daemon that waits for something before it starts.
inline constexpr std::string_view not_started_yet = "the daemon has not started: ";

/// One GET to the running daemon's admin socket; blocks for at most `patience` at a time: most
/// answers are in the daemon's memory. Failures: "no_daemon" when no process listens there,
/// "not_allowed", "no_answer", which says why if the daemon has not started yet, "bad_answer".
result<std::string> ask_daemon(
    const std::string& socket_path, const std::string& target, duration patience = 10s
);

/// The same by POST, which changes something.
result<std::string> command_daemon(
    const std::string& socket_path, const std::string& target, duration patience = 30s
);

}  // namespace kustodrop::daemon
