#pragma once

#include "base/result.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"

#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// A watch's folder as it was found when it was opened.
struct opened_folder {
    open_folder how;
    spool::file_identity identity = {};
    spool::medium_kind medium = spool::medium_kind::unknown;
    spool::work_listing work;  // What an earlier run left in work/.
    std::vector<std::string> warnings;
    std::string stays_because;  // Why files stay in place although that was not asked for; or "".
};

/// Opens a watch's folder and asks how files can be taken from it, which takes a moment unless it
/// hangs. Blocking.
result<opened_folder> open_watched_folder(const std::string& path, claim_mode how);

/// Prepares the .kustodrop of such a folder, locks it and lists what is in work/, unless files are
/// to stay in place because the folder cannot be changed. `waiting`: as for list_work(). Blocking.
result<void> take_possession(
    opened_folder& of,
    const std::string& state_directory,
    const std::vector<spool::source_key>& waiting
);

/// Whether an open folder was deleted, with all that was in it: one that is mounted no more, or was
/// renamed, still has a name somewhere. Blocking.
bool is_deleted(const spool::drop_folder& folder);

/// Pure. Whether the folder of a watch is another one now than the one that holds what was claimed,
/// so that it must not be taken for it. Nothing waits in a folder that was deleted.
bool must_wait_for_former(bool is_other, bool former_is_deleted);

}  // namespace kustodrop::pipeline
