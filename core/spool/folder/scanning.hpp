#pragma once

#include "spool/folder/drop_folder.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

struct scan_options {
    bool recursive = false;
    std::size_t limit = 10'000;  // Names looked at; what is left is another scan's.

    /// Which names are looked at; empty means all. Pure: it runs on the worker's thread.
    std::function<bool(std::string_view relative_name)> wanted = {};
};

/// Where a scan stopped because it had enough, so that the next one looks at other names: a folder
/// of a million files is scanned in slices, none of which looks at all of them.
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

/// Lists the files in the folder, from `from` on; from the beginning when it has no value.
/// Blocking.
result<scan> scan_folder(
    const drop_folder& folder,
    const scan_options& options,
    const std::optional<scan_position>& from = std::nullopt
);

/// All files under work/; empty folders of former sources are removed. Blocking.
result<std::vector<work_entry>> list_work(const drop_folder& folder);

}  // namespace kustodrop::spool
