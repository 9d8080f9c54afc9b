#pragma once

#include "base/time.hpp"
#include "spool/folder/drop_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

namespace kustodrop::spool {

/// How much of a watch's quarantine is kept. Without limits all of it is.
struct quarantine_limits {
    duration age = std::chrono::hours(24 * 365 * 100);
    std::uint64_t bytes = UINT64_MAX;  // As files take room on the disk, with their explanations.

    // By their place: files of sources that are not retired yet.
    std::unordered_set<std::string> needed = {};
};

struct quarantine_report {
    std::size_t files_deleted = 0;  // Without the .error.json beside them.
    std::uint64_t bytes_deleted = 0;
};

/// Deletes what has been in quarantine, or was corrected there, longer ago than the limits' age,
/// then the oldest until their bytes are left, each with its explanation; nothing that is needed,
/// and nothing of the last minute, of which the journal may not know yet. Touches nothing but
/// quarantine/. Blocking, a bounded number of files a call.
result<quarantine_report> expire_quarantine(
    const drop_folder& folder, wall_time now, const quarantine_limits& limits
);

/// The same in the folder `top` of an open one; the places in `needed` begin with it.
result<quarantine_report> expire_quarantine(
    int root, const std::string& top, wall_time now, const quarantine_limits& limits
);

/// How many files are in quarantine, without the .error.json beside them. Blocking.
std::size_t count_quarantined(const drop_folder& folder);
std::size_t count_quarantined(int root, const std::string& top);

}  // namespace kustodrop::spool
