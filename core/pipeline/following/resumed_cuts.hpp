#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/notices.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// The sources of earlier runs that are on their way again.
struct resumed_cuts {
    std::vector<std::string> ids;
    std::optional<notice> claimed = {};  // Of files that stay where they are.
};

/// Continues what earlier runs of a watch have cut. Files that it claimed before it followed logs
/// are left alone, which the log says.
resumed_cuts resume_cuts(watch& from, intake_parts& parts, routing& next);

}  // namespace kustodrop::pipeline
