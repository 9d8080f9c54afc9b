#pragma once

#include "spool/reading/records/record_cut.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Which part of a claimed file is shipped now, where a writer may still add to it.
namespace kustodrop::pipeline {

/// So many looks in a row at a file that a writer keeps open without writing, and of which only the
/// whole is of use, and it is shipped.
inline constexpr unsigned most_looks_at_an_open_file = 5;

/// So many where it is not known whether a process writes it, and an unfinished record is shipped.
inline constexpr unsigned most_looks_without_proof = 10;

struct cut_rules {
    std::optional<spool::record_form> form = {};  // Of the watch's format, if a part is of use.
    bool in_place = false;         // Only shipped whole: the inode may be another file's by now.
    bool hurries = false;          // It does not wait for a writer.
    unsigned unchanged_looks = 0;  // Before this one, in a row.
    std::uint64_t keep_bytes = 0;  // Of whole text that is no longer, all bytes are returned.
};

/// How many bytes of a file are shipped now, from its slice's offset on; nothing: it is looked at
/// again later. What has records is cut after the last whole one; the rest of it waits for its
/// newline, or until no process writes it. `is_unchanged`: since the last look. Pure.
std::optional<std::uint64_t> bytes_to_ship(
    const spool::record_cut& seen, bool is_unchanged, const cut_rules& rules
);

/// Whether a slice is of a file of which nothing may be shipped yet. It has no bytes then.
inline bool is_undecided(const spool::slice& file) {
    return file.length_bytes == 0 && file.has_rest();
}

struct cut_look {
    spool::slice file;  // What is shipped of it now, or undecided.
    bool is_unchanged = false;
    std::string content = {};  // All bytes of the file, or nothing: see cut_rules::keep_bytes.
};

/// Looks at a claimed file and cuts it. One that is another file by now, was truncated or written
/// again, or of which a part is of no use, is shipped from its beginning. Blocking. Fails with
/// file_vanished, not_a_file, read_error or file_changed.
result<cut_look> look_and_cut(
    const spool::slice& file, spool::open_folders& through, const cut_rules& rules
);

/// The same of an open file whose writers are known.
result<cut_look> cut_open_file(
    int descriptor, const spool::slice& file, spool::writer_state writers, const cut_rules& rules
);

}  // namespace kustodrop::pipeline
