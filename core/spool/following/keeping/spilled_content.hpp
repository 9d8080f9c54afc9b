#pragma once

#include "spool/following/keeping/spilled_ranges.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>

namespace kustodrop::spool {

/// A spilled range, all of which is in its file.
struct spilled_content {
    slice range;            // There.
    std::string beginning;  // Its first and its last bytes, inflated.
    std::string ending;
};

/// What the file at this location says that it is and is. Nothing: it does not say it, as one of an
/// earlier release. Blocking.
std::optional<spilled_content> content_of(const spilled_ranges& in, const std::string& location);

}  // namespace kustodrop::spool
