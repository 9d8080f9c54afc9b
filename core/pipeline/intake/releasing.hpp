#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/watch_table.hpp"

namespace kustodrop::pipeline {

/// Puts in line what the watch's gate held and lets go of now.
void release_held(watch& from, const intake_parts& with);

}  // namespace kustodrop::pipeline
