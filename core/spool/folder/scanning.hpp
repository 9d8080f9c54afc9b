#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/source/source_key.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace kustodrop::spool {

struct scan_options {
    bool recursive = false;
    std::size_t limit = 10'000;      // Names looked at; what is left is another scan's,
    std::size_t folders = SIZE_MAX;  // and so are further subfolders.

    freshness how = freshness::remembered;  // Of what is not local.

    /// Which names are looked at; empty means all. Pure: it runs on the worker's thread.
    std::function<bool(std::string_view relative_name)> wanted = {};
};

/// Where a scan stopped because it had enough, so that the next one looks at other names: a folder
/// of a million files is scanned in slices, none of which looks at all of them. It goes into the
/// subfolders of a folder before it reads on in it, so that what is remembered does not grow with
/// the number of folders.
struct scan_position {
    struct level {
        std::string folder;
        std::int64_t place = 0;               // Up to which it is read.
        bool is_read = false;                 // To its end.
        std::vector<std::string> below = {};  // Subfolders met there last,
        std::size_t entered = 0;              // and how many of them were entered.
    };
    std::vector<level> levels;  // From the root down to the folder in hand.
};

/// What a scan found. Nothing under .kustodrop is ever in it.
struct scan {
    std::vector<sighting> sightings;   // Oldest first. All kinds but folders.
    std::vector<std::string> folders;  // Subfolders met (only when recursive), parents first.
                                       // Those of a slice are other ones than the last slice's.
    std::size_t found = 0;             // Wanted names met.
    std::size_t unwanted = 0;          // Names that `wanted` turned down.
    std::size_t unreadable_folders = 0;
    std::vector<std::string> unreadable = {};  // The first 1,000 of them.
    std::size_t skipped_folders = 0;         // Subfolders met that are not entered, unless hidden,
    std::string skipped_folder = {};         // and the first of them.
    bool truncated = false;                  // Not the whole: a slice.
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

/// What stands under work/.
struct work_listing {
    std::vector<work_entry> files;    // By their locations.
    std::vector<source_key> waiting;  // The ids of those that were not looked at. Sorted.
};

/// All files under work/; empty folders of former sources are removed. A claim that was interrupted
/// between link and unlink is finished. Files with these ids (sorted) are not looked at: there may
/// be a million that only wait for their outcome. Blocking.
result<work_listing> list_work(
    const drop_folder& folder, const std::vector<source_key>& waiting = {}
);

/// The ids in the names of the files under work/, without a look at each: there may be a million.
/// Blocking.
result<std::vector<source_key>> list_work_keys(const drop_folder& folder);

/// Where the files with these ids are, relative to the watch's folder. Blocking.
result<std::vector<std::string>> list_work_locations(
    const drop_folder& folder, const std::unordered_set<source_key, source_key_hash>& of
);

/// The files of list_work() that are at these locations. Blocking.
std::vector<work_entry> look_in_work(
    const drop_folder& folder, const std::vector<std::string>& locations
);

}  // namespace kustodrop::spool
