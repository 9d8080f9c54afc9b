#pragma once

#include "spool/following/log_evidence.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace kustodrop::spool {

/// What a file under a rotated name turned out to be, where it is not a copy of a standing log.
struct origin {
    std::size_t file = 0;
    std::optional<std::size_t> copy_of;  // Another of the files.
    const log_state* log = nullptr;      // The ended log that it continues.
    std::uint64_t from = 0;              // At this position of it.
};

/// Up to where a file holds what was read of an ended log. Logs that were `emptied` just before,
/// truncated or written again, are often copied first: less than `least` bytes prove them.
log_evidence::proof proof_of_remains(
    const log_state& log,
    std::size_t file,
    const std::set<log_number>& emptied,
    const std::vector<log_sighting>& sightings,
    log_evidence& evidence
);

/// Finds which of the files hold what is left of which ended logs. A log is continued by one file
/// only, the one that holds most of it; where neither all that was seen of it nor `least` bytes are
/// proven, nothing is continued: rather twice than never. Pure but for the evidence.
std::vector<origin> find_remains(
    const std::vector<std::size_t>& files,
    const std::vector<const log_state*>& ended,
    const std::set<log_number>& emptied,
    const std::vector<log_sighting>& sightings,
    log_evidence& evidence
);

}  // namespace kustodrop::spool
