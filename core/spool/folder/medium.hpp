#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// How far events can be trusted on a file system (docs/traps.md §4.3).
enum class medium_kind {
    local,    // inotify sees everything.
    overlay,  // Writes behind the mount are not seen: scan every minute.
    remote,   // Other machines' writes are not seen: poll.
    unknown,  // Treat as remote.
};

struct medium {
    medium_kind kind = medium_kind::unknown;
    std::string name;  // "ext4", "nfs", "0x1234abcd".

    /// Whether a file has the same inode number after the next mount. Where it has not, the number
    /// says nothing about a file.
    bool lasting_inodes = false;

    /// Whether only this machine changes files, so that what the kernel remembers of them is true.
    bool is_local() const { return kind == medium_kind::local || kind == medium_kind::overlay; }
};

/// Pure: what an f_type of statfs(2) stands for.
medium medium_of(std::uint64_t magic);

/// The file system of an open folder.
result<medium> medium_of_folder(int folder);

struct disk_space {
    std::uint64_t total_bytes = 0;
    std::uint64_t free_bytes = 0;  // To us: without root's reserve.
    std::uint64_t total_files = 0;
    std::uint64_t free_files = 0;

    /// Of bytes or of files, whichever is scarcer. A file system without a number of files, as
    /// btrfs is, has only its bytes.
    double free_percent() const;
};

result<disk_space> space_of_folder(int folder);

}  // namespace kustodrop::spool
