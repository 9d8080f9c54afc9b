#pragma once

#include "base/time.hpp"
#include "spool/folder/drop_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace kustodrop::spool {

/// A file in the archive that was written after it was put there: it may hold what was never
/// shipped.
struct written_file {
    std::string location;
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;

    friend bool operator==(const written_file&, const written_file&) = default;
};

struct retention_report {
    std::size_t files_deleted = 0;
    std::uint64_t bytes_deleted = 0;
    std::uint64_t bytes_left = 0;  // As they take room on the disk: in whole blocks.
    std::uint64_t files_left = 0;
    bool more = false;  // The bound of one call was reached: call again.

    // Some of those that are to be looked into; they are not deleted before.
    std::vector<written_file> written = {};
};

/// Archived files that are still needed, by their place: with act_after: posted a file is in the
/// archive before its outcome is known.
struct needed_files {
    std::unordered_set<std::string> locations;

    /// What was archived from here on is needed too, for it may not be in the list yet.
    wall_time since = wall_time::max();

    /// Whether files are needed that were written after they were archived, until they have been
    /// looked into as they are now. A rename moves the ctime, and a write makes it equal to the
    /// mtime, on file systems that have both.
    bool asks_for_written = false;
    std::unordered_map<std::string, written_file> looked_into = {};  // By place.
};

/// How much archive a watch keeps.
struct archive_limits {
    duration age = std::chrono::hours(24 * 365 * 100);
    std::uint64_t bytes = UINT64_MAX;
    std::uint64_t files = UINT64_MAX;
    double min_free_percent = 0;                      // Of bytes and of inodes.
    std::shared_ptr<const needed_files> needed = {};  // Null: none is.
};

/// Deletes what has been archived for longer than the limits' age, then the oldest until their
/// bytes and files are left, but nothing that is needed; a bounded number of files a call. Touches
/// nothing but archive/. Blocking.
result<retention_report> expire_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
);

/// The same, and clears further while too few bytes or inodes are free; the archive is never above
/// a tenth of its file system (docs/configuration.md). Blocking, a bounded number of files a call.
result<retention_report> clear_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
);

}  // namespace kustodrop::spool
