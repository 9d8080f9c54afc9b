#pragma once

#include <functional>

namespace kustodrop::daemon {

/// Whether `ask`, which may wait for a folder for ever, returns within five seconds. A child runs
/// it first and is left behind where it does not return: neither a thread nor a process that waits
/// for a file system can be ended. Call it while there is one thread.
bool answers_in_time(const std::function<void()>& ask);

}  // namespace kustodrop::daemon
