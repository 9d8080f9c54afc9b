#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kustodrop::spool {

/// Where a reading of the record continues: after this row, newest first.
struct journal_cursor {
    std::int64_t changed_at_us = INT64_MAX;
    std::string id = {};
};

/// Is given sources one by one: there may be a million.
using visitor = std::function<void(source)>;

/// What `kustodrop journal` asks for. Empty means any.
struct journal_query {
    std::optional<wall_time> since;  // Last change at or after.
    std::optional<spool::outcome> outcome;
    std::optional<std::string> stage;
    std::optional<std::string> watch;
    std::optional<std::string> file_glob;  // Against the slice's name.
    std::optional<std::string> source_id;
    std::optional<slice> file;   // Sources of that file: of its place, or of its name and inode.
    bool left_in_work = false;   // Retired while a file was not there to be moved out of work/.
    std::size_t limit = 10'000;  // Files.
    journal_cursor after = {};   // Where an earlier reading ended; {time, ""}: before that time.
};

/// One source as the record shows it.
struct journal_row {
    spool::source source;
    wall_time changed_at{};
    std::size_t files = 1;  // In its blob; of them the query may have chosen some.
};

/// A file that was dealt with and stays in its folder (on_success or on_failure: keep, and `send`):
/// it is not shipped again while its identity stays the same.
struct kept_file {
    std::string watch;
    std::string name;
    file_identity identity;
    std::string source_id;
    spool::outcome outcome = outcome::succeeded;
};

/// Which folder the files of a watch lie in. The path alone says little: a disk may be mounted
/// there or not, and a watch may get another path or another name.
struct folder_record {
    std::string watch;
    std::string path;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    friend bool operator==(const folder_record&, const folder_record&) = default;
};

/// A followed log. What proves its identity is text of spool/following.
struct log_record {
    std::string watch;
    std::uint64_t number = 0;
    std::string id;
    std::string name;
    std::string family;
    std::uint64_t inode = 0;
    std::int64_t born_ns = 0;
    std::string handle;
    bool compressed = false;
    unsigned life = 0;
    std::string phase;
    std::uint64_t copy_of = 0;
    bool carried = false;
    std::uint64_t position = 0;
    std::uint64_t size_seen = 0;
    std::string evidence;
    std::string boot_id;

    friend bool operator==(const log_record&, const log_record&) = default;
};

}  // namespace kustodrop::spool
