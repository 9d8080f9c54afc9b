#pragma once

#include <string_view>

namespace kustodrop::daemon {

/// Notifies the service manager ("READY=1", "STATUS=…", "STOPPING=1"; sd_notify(3)). Does nothing
/// without $NOTIFY_SOCKET; failures are of no consequence. By hand, because the protocol is one
/// datagram and a library would bring all of libsystemd into a small binary.
void sd_notify(std::string_view state);

}  // namespace kustodrop::daemon
