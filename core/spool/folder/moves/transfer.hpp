#pragma once

#include "spool/folder/drop_folder.hpp"

#include <string>

/// Moves between the watch's folder and ours. Blocking.
namespace kustodrop::spool {

/// Moves the file, from work/ or with its sidecar from quarantine/, back to its first name, with
/// the id before the extension if that is taken. Returns the name. Done already: succeeds.
result<std::string> put_back(
    const drop_folder& folder, const slice& file, const std::string& source_id
);

/// How a file is claimed again.
struct second_claim {
    std::string former_id;
    std::string new_id;
    bool in_place = false;  // A file that lies in the watch's folder stays there.
};

/// Claims a file again, under another id and its first name: from quarantine, where its explanation
/// is removed, or from the watch's folder. The slice is the same range of it, up to the end of what
/// has been added since. Fails with "file_vanished" if it is not there any more.
result<slice> claim_again(const drop_folder& folder, const slice& file, const second_claim& how);

/// The slice with its location in work/: a file in place is first moved there, out of everyone's
/// way, and looked at again. Fails with "file_changed" if it holds other bytes by now.
result<slice> moved_to_work(
    const drop_folder& folder, const slice& file, const std::string& source_id
);

}  // namespace kustodrop::spool
