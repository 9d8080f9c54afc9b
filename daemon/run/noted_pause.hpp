#pragma once

#include "daemon/admin/status_report.hpp"
#include "pipeline/watch/target_gates.hpp"

namespace kustodrop::daemon {

/// Says of a watch that its target is refused, why, and what to do about it; nothing where no file
/// is left that it could matter to. `out` has the counts of the watch. Pure.
void note_pause(const pipeline::target_gates& gates, watch_status& out);

}  // namespace kustodrop::daemon
