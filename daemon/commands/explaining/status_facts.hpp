#pragma once

#include "base/result.hpp"
#include "pipeline/questions/explain.hpp"

#include <string>

namespace kustodrop::daemon {

/// What the running daemon's answer to /status says about a file and its watch: whether the daemon
/// runs and answers, its troubles, why the watch or its target waits. Nothing else of `facts`
/// changes.
void read_status(const result<std::string>& answer, pipeline::explain_facts& facts);

}  // namespace kustodrop::daemon
