#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/following/looking/log_names.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// A regular file of a folder of logs.
struct listed_file {
    const sighting* seen = nullptr;
    std::uint64_t number = 0;  // Its inode, or on a file system that is mounted beneath the folder
                               // a number made of it and the name of that mount.
    log_name name;
    bool is_named = false;  // Else only who knows the file knows whether it is one of a log.
};

/// The regular files among what was found, each once: of several names of a file (hard links) a
/// live one counts most, then one that is listed. A file is live as well if its live name is a
/// symbolic link to it, as some programs make it for the log of the day. `known`: see
/// log_names::sort. `found` must outlive the result.
std::vector<listed_file> list_files(
    const drop_folder& folder,
    const log_names& names,
    const std::vector<sighting>& found,
    const std::set<std::string>& known = {}
);

/// The symbolic links among what was found that have the name of a log and lead to no file of
/// `followed`: what they lead to is not followed.
std::vector<std::string> links_elsewhere(
    const drop_folder& folder,
    const log_names& names,
    const std::vector<sighting>& found,
    const std::set<std::string>& followed
);

}  // namespace kustodrop::spool
