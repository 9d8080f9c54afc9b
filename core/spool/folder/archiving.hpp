#pragma once

#include "base/time.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/open_folders.hpp"

#include <string>

/// Where files go after success. Every move is a rename that never overwrites, and may be asked for
/// again after a crash. Blocking.
namespace kustodrop::spool {

/// Moves to archive/YYYY-MM-DD/NAME and returns the new location. On a collision the id stands
/// before the extension. Done already: succeeds. Failures: "file_changed" (it holds bytes that were
/// never shipped), "file_vanished", "disk_full".
result<std::string> archive(
    const drop_folder& folder, const slice& file, const std::string& source_id, wall_time retired_at
);

/// One of a batch, through the same open folders of that folder. Durable with its sync_folder().
result<std::string> archive(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    wall_time retired_at,
    open_folders& through
);

/// Deletes the file. One that changed is never deleted: "file_changed". Deleted already: succeeds.
result<void> remove(const drop_folder& folder, const slice& file, const std::string& source_id);

}  // namespace kustodrop::spool
