#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <vector>

namespace kustodrop {

struct child_limits {
    duration time = 30s;
    std::size_t output_bytes = 1u << 20u;  // Of each stream; more is read and forgotten.
};

struct child_output {
    int status = 0;  // What it exited with; 128 and the signal if one ended it.
    std::string out;
    std::string err;
};

/// Runs a program with these arguments (no shell; the first is looked up in PATH), without input
/// and in a process group of its own, which is killed when the time is up. Blocks: call it through
/// offload(). Failure codes: not_found, cannot_start, timeout.
result<child_output> run_child(
    const std::vector<std::string>& command, const time_source& clock, const child_limits& limits
);

}  // namespace kustodrop
