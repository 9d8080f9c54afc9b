#pragma once

#include "base/time.hpp"
#include "spool/folder/drop_folder.hpp"

#include <cstddef>
#include <cstdint>

namespace kustodrop::spool {

struct retention_report {
    std::size_t files_deleted = 0;
    std::uint64_t bytes_deleted = 0;
    std::uint64_t bytes_left = 0;
    bool more = false;  // The bound of one call was reached: call again.
};

/// How much archive a watch keeps.
struct archive_limits {
    duration age = std::chrono::hours(24 * 365 * 100);
    std::uint64_t bytes = UINT64_MAX;
    double min_free_percent = 0;
};

/// Deletes what has been archived for longer than max_age, then the oldest until max_bytes are
/// left; a bounded number of files a call. Touches nothing but archive/. Blocking.
result<retention_report> expire_archive(
    const drop_folder& folder, wall_time now, duration max_age, std::uint64_t max_bytes
);

/// Clears the archive down to the limits, and further while too little space is free; it is never
/// above a tenth of its file system (docs/configuration.md). Blocking, a bounded number of files a
/// call.
result<retention_report> clear_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
);

}  // namespace kustodrop::spool
