#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Whether `ask`, which may wait for a folder for ever, returns within five seconds. A child runs
/// it first and is left behind where it does not return: neither a thread nor a process that waits
/// for a file system can be ended. Call it while there is one thread.
bool answers_in_time(const std::function<void()>& ask);

/// The same with a patience of its own.
bool answers_in_time(const std::function<void()>& ask, duration patience);

/// The first of these files and folders that does not answer within `patience`, as the failure
/// "timeout". What answers with an error answers. Call it while there is one thread. Blocks.
std::optional<failure> silence_of(const std::vector<std::string>& paths, duration patience);

/// How long a watched folder may take.
inline constexpr duration patience_for_a_folder = 5s;

/// How long a file may take that is named to be read: a disk may have to start first.
inline constexpr duration patience_for_a_file = 15s;

}  // namespace kustodrop::daemon
