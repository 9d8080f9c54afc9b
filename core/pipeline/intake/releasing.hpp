#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/watch_table.hpp"

namespace kustodrop::pipeline {

/// Puts in line what the watch's gate held and lets go of now.
void release_held(watch& from, const intake_parts& with);

/// The watch has another target, or another route, by now: nothing is held any longer. What a
/// gate held and was never posted, or was refused for certain, goes where the route leads today.
void reopen_gates(watch& from, const intake_parts& with);

/// The watch gets another target or route: what was posted before belongs to the former one.
void leave_target(watch& from, wall_time now);

}  // namespace kustodrop::pipeline
