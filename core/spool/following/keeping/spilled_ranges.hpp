#pragma once

#include "spool/following/looking/open_logs.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// How much is spilled of the logs of a watch.
struct spill_limits {
    std::uint64_t max_bytes = 0;  // On the disk, compressed; 0: nothing is spilled.
    double min_free_percent = 0;  // Of the file system of the state directory.
};

/// Files, and the room that they take on the disk.
struct spill_use {
    std::size_t files = 0;
    std::uint64_t bytes = 0;

    friend bool operator==(const spill_use&, const spill_use&) = default;
};

/// How much more may be written, and the configuration key that sets the limit.
struct spill_room {
    std::uint64_t bytes = 0;
    std::string_view limit;

    friend bool operator==(const spill_room&, const spill_room&) = default;
};

/// `spare_bytes`: how many are free on that file system beyond min_free_percent. Pure.
spill_room room_to_spill(
    const spill_limits& limits, std::uint64_t used_bytes, std::uint64_t spare_bytes
);

/// The room that a file of so many bytes is counted with. Pure.
std::uint64_t room_of(std::uint64_t file_bytes);

/// Ranges of followed logs whose files are about to be let go of, each compressed into a file of
/// its own in spill/ in the watch's part of the state directory, until they have an outcome. Every
/// function blocks.
class spilled_ranges {
public:
    /// `folder`: the watch's part of the state directory, which is made when it is needed.
    explicit spilled_ranges(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }

    struct written {
        std::string location = {};  // See source/place.hpp; empty: nothing was written,
        std::string refusal = {};   // for this reason.
        bool is_full = false;       // That is a limit, named by its configuration key.
    };

    /// Writes the range of the open file of its log. It is durable then. `id`: makes its name one
    /// that no other file has.
    written write(int file, const slice& range, std::string_view id, const spill_limits& limits)
        const;

    /// The compressed file; null: it is not there.
    shared_descriptor open(const std::string& location) const;

    /// Whether the file of a range that was spilled is there.
    bool has(const slice& range) const;

    /// Whether that holds all of the range.
    bool is_whole(const slice& range) const;

    spill_use use() const;

    /// The locations of all but these.
    std::set<std::string> others(const std::set<std::string>& needed) const;

    /// Deletes all but these, and the beginnings of files that a crash has left. Returns what went.
    spill_use remove_others(const std::set<std::string>& needed) const;

private:
    descriptor open_folder() const;
    descriptor make_folder() const;

    std::string folder_;
};

}  // namespace kustodrop::spool
