#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/folder/lock_file.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/source/sighting.hpp"
#include "spool/watching/medium.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// Where a watch keeps what it has taken, relative to its folder.
inline constexpr std::string_view work_folder = ".kustodrop/work";
inline constexpr std::string_view archive_folder = ".kustodrop/archive";
inline constexpr std::string_view quarantine_folder = ".kustodrop/quarantine";

struct scan_options {
    bool recursive = false;
    std::size_t limit = 10'000;  // Names looked at; what is left is another scan's.

    /// Which names are looked at; empty means all. Pure: it runs on the worker's thread.
    std::function<bool(std::string_view relative_name)> wanted = {};
};

/// Where a scan stopped because it had enough, so that the next one looks at other names: a folder
/// of a million files is gone through in slices, none of which looks at all of them.
struct scan_position {
    std::vector<std::string> folders;  // All that were met so far, parents first.
    std::size_t at = 0;                // The one in hand: 0 is the root, then `folders`.
    std::int64_t place = 0;            // In it.
};

/// What a scan found. Nothing under .kustodrop is ever in it.
struct scan {
    std::vector<sighting> sightings;   // Oldest first. All kinds but folders.
    std::vector<std::string> folders;  // Subfolders met (only when recursive), parents first.
    std::size_t found = 0;             // Wanted names met.
    std::size_t unwanted = 0;          // Names that `wanted` turned down.
    std::size_t unreadable_folders = 0;
    bool truncated = false;  // Not the whole: a slice, or folders too deep or too many left out.
    std::optional<scan_position> next = {};  // Where the next slice begins, if one is left.
};

/// One file under work/.
struct work_entry {
    std::string source_id;  // From its place; empty: not ours, left alone.
    std::string name;       // As it was first found, relative to the watch's folder.
    std::string location;   // Where it is, relative to the watch's folder.
    file_identity identity;
    file_kind kind = file_kind::unknown;
    unsigned links = 1;  // Above 1 another name leads to the same bytes.

    bool foreign() const { return source_id.empty(); }
};

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

/// Whether files of this folder can be claimed by rename, or must stay in place, and why.
struct claim_advice {
    bool rename = true;
    std::string reason;
};

/// One watch's folder on disk. Everything is reached from one open directory, step by step and
/// never through a symbolic link, so nobody who may write there can lead us elsewhere.
///
/// Every function blocks. The const ones keep no state and may run at the same time.
class drop_folder {
public:
    drop_folder() = default;

    /// Opens the folder. Failures: "folder_absent" (retry), "folder_unreadable" (reconfigure).
    static result<drop_folder> open(const std::string& path);

    int descriptor_of_root() const { return root_.get(); }
    const std::string& path() const { return path_; }

    /// Fails with "folder_absent" if the path no longer leads to the folder that was opened
    /// (renamed away, removed, or mounted over): open it anew.
    result<void> verify() const;

    /// What `claim: auto` should do here. Needs no prepare().
    result<claim_advice> advice() const;

    /// Creates .kustodrop/{work,archive,quarantine}; returns warnings for the operator. Failures:
    /// "folder_read_only", "folder_hostile" (links or world-writable folders where ours should
    /// be), both reconfigure.
    result<std::vector<std::string>> prepare();

    /// Keeps every other daemon out until this object goes. Failure "folder_locked" says who
    /// holds it.
    result<void> lock(std::string_view state_directory);

    /// From `from` on; from the beginning when it has no value.
    result<scan> list(
        const scan_options& options, const std::optional<scan_position>& from = std::nullopt
    ) const;

    /// A fresh look at one name or location; nothing if it is gone.
    result<std::optional<sighting>> look(const std::string& name) const;

    /// Opens a subfolder by its relative name, or the folder itself by "", for a watch on it.
    result<descriptor> open_folder(const std::string& name) const;

    /// Moves the file to work/ under a name that carries the id. The slice has the identity found
    /// there, which may be another than the one seen. Failures: "file_vanished" (retry),
    /// "not_a_file", "claim_refused" (reconfigure), "disk_full" (retry).
    result<slice> claim(const sighting& seen, const std::string& source_id) const;

    /// One of a batch, which goes through the same open folders.
    result<slice> claim(const sighting& seen, const std::string& source_id, open_folders& through)
        const;

    /// The same file in place: nothing moves, location is the name.
    result<slice> claim_in_place(const sighting& seen) const;

    /// Makes the moves so far durable.
    result<void> sync() const;

    result<std::vector<work_entry>> list_work() const;

    /// Moves to archive/YYYY-MM-DD/NAME and returns the new location. Never overwrites: on a
    /// collision the id stands before the extension. Done already: succeeds. Failures:
    /// "file_changed" (it holds bytes that were never shipped), "file_vanished", "disk_full".
    result<std::string> archive(
        const slice& file, const std::string& source_id, wall_time retired_at
    ) const;

    /// One of a batch, which goes through the same open folders. Durable with sync_folder().
    result<std::string> archive(
        const slice& file, const std::string& source_id, wall_time retired_at, open_folders& through
    ) const;

    /// Makes the moves into one of our folders durable.
    result<void> sync_folder(const std::string& name) const;

    /// Moves to quarantine/NAME beside NAME.error.json with `error_json` and returns the new
    /// location. Done already: succeeds.
    result<std::string> quarantine(
        const slice& file, const std::string& source_id, std::string_view error_json
    ) const;

    /// Deletes the file. One that changed is never deleted: "file_changed". Gone already: succeeds.
    result<void> remove(const slice& file, const std::string& source_id) const;

    /// Moves the file, from work/ or with its sidecar from quarantine/, back to its first name,
    /// with the id before the extension if that is taken. Returns the name. Done already: succeeds.
    result<std::string> put_back(const slice& file, const std::string& source_id) const;

    /// Deletes what has been archived for longer than max_age, then the oldest until max_bytes
    /// are left; a bounded number of files a call. Touches nothing but archive/.
    result<retention_report> expire_archive(
        wall_time now, duration max_age, std::uint64_t max_bytes
    ) const;

    result<disk_space> space() const;
    result<spool::medium> medium() const;

private:
    std::string path_;
    descriptor root_;
    lock_file lock_;
};

/// Clears the archive down to the limits, and further while too little space is free; it is never
/// above a tenth of its file system (docs/configuration.md). Blocking, a bounded number of files a
/// call.
result<retention_report> clear_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
);

}  // namespace kustodrop::spool
