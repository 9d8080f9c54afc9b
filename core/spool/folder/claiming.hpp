#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/folder/open_folders.hpp"

#include <string>

/// Claiming: the rename into work/ is the lock and the first durable fact about a source.
namespace kustodrop::spool {

/// Moves the file to work/ under a name that carries the id. The slice has the identity found
/// there, which may be another than the one seen. Failures: "file_vanished" (retry: the file itself
/// is not there), "target_blocked" (retry: work/ cannot be used), "not_a_file", "hard_link",
/// "claim_refused" (reconfigure), "disk_full" (retry). Blocking.
result<slice> claim(const drop_folder& folder, const sighting& seen, const std::string& source_id);

/// One of a batch, which is claimed through the same open folders.
result<slice> claim(const sighting& seen, const std::string& source_id, open_folders& through);

/// The same file in place: nothing moves, location is the name.
result<slice> claim_in_place(const drop_folder& folder, const sighting& seen);

}  // namespace kustodrop::spool
