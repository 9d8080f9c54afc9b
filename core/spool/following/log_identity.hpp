#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// How many bytes prove something. Smaller ones are for tests only.
struct evidence_sizes {
    std::uint64_t head = 1024;   // At most, of a log's beginning.
    std::uint64_t anchor = 256;  // At most, before a position.
    std::uint64_t least = 1024;  // Logs that begin alike are often equal for less than this.
};

/// The first 64 bits of SHA-256: what marks are compared by.
std::uint64_t content_hash(std::string_view bytes);

/// What the `length` bytes before `end` hashed to when they were read.
struct content_mark {
    std::uint64_t end = 0;
    std::uint64_t length = 0;
    std::uint64_t hash = 0;

    friend bool operator==(const content_mark&, const content_mark&) = default;
};

/// Adds the mark of a new position, the last of `anchors`. Of more than 12 only every second one of
/// the older ones stays, so that they lie further apart the older they are.
void remember_anchor(std::vector<content_mark>& anchors, const content_mark& mark);

/// One file for as long as it exists, whatever its name. The device is left out: the kernel numbers
/// it again with every mount.
struct log_file {
    std::uint64_t inode = 0;
    std::int64_t born_ns = 0;  // The birth time of statx(2); 0: the file system has none.
    std::string handle;        // The bytes of name_to_handle_at(2); empty: it has none.

    /// File systems give the inode of a deleted file to the next one (docs/traps.md §4.1): where
    /// both files have a birth time or a handle, these must be equal too.
    bool same_file(const log_file& other) const;

    friend bool operator==(const log_file&, const log_file&) = default;
};

/// What a log's id is made from, so that it is the same again after the loss of the journal.
struct log_id_parts {
    std::string watch;
    std::uint64_t file_system = 0;  // f_fsid
    log_file file;
    content_mark head;
    unsigned life = 0;  // Counts truncations: a file that was emptied is another log.
};

/// A GUID of 36 characters in lower case (RFC 9562, version 8) by SHA-256 of the parts.
std::string make_log_id(const log_id_parts& parts);

}  // namespace kustodrop::spool
