#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/source/sighting.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <vector>

namespace kustodrop::pipeline {

/// Whether what was seen is a file that is shipped from where it lies: by its inode number, birth
/// time, size and time of modification. Nothing: there is no birth time, so that its bytes decide.
/// Pure.
std::optional<bool> is_same_in_place(const spool::slice& of, const spool::sighting& seen);

/// Where files are by now that are shipped from where they lie and were renamed within their folder
/// meanwhile; by their positions in `files`. Nothing of what still has its name, is not there any
/// more, or has other bytes. Looks at the whole folder once if any has lost its name. Blocking.
std::vector<std::optional<spool::sighting>> find_renamed(
    const spool::drop_folder& folder, bool recursive, const std::vector<spool::slice>& files
);

}  // namespace kustodrop::pipeline
