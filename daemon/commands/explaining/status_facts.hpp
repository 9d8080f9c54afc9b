#pragma once

#include "config/settings.hpp"
#include "pipeline/questions/explain.hpp"

namespace kustodrop::daemon {

/// What the running daemon's status says about a file and its watch: whether the daemon runs and
/// answers, its troubles, why the watch or its target waits. Nothing else of `facts` changes.
/// Blocking.
void read_status(const config::settings& settings, pipeline::explain_facts& facts);

}  // namespace kustodrop::daemon
