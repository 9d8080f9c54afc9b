#pragma once

#include "base/result.hpp"
#include "spool/following/log_state.hpp"
#include "spool/reading/records/record_cut.hpp"
#include "spool/reading/records/record_reader.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// How records are found in logs.
struct range_rules {
    record_form form;                        // Of the format.
    std::uint64_t max_record = 1024 * 1024;  // What is longer is cut within.
    record_rules records = {};               // Other than lines: these find the ends.
    evidence_sizes sizes = {};
};

/// A part of a log that is to be cut: up to the last record that ends at or before `limit`.
struct range_wish {
    log_number log = 0;
    std::uint64_t limit = 0;
    bool takes_unfinished = false;  // Up to the limit, for nothing will be added to the log.
    bool takes_quiet = false;       // Up to the last line, for nothing is added to its record.

    friend bool operator==(const range_wish&, const range_wish&) = default;
};

/// Records of a log, found, with what the log is known by from then on.
struct log_range {
    slice bytes;
    content_mark anchor;  // Of the new position.
    content_mark head;
    bool splits_record = false;
    bool is_utf16 = false;  // As a log says that is cut from its beginning.
};

/// Finds the range of a log that a wish asks for, in its open file. Nothing if no record ends
/// there, or if the bytes before the position are not those that were read. Blocking.
std::optional<log_range> find_range(
    int file, const log_state& log, const range_wish& wish, const range_rules& rules
);

/// The size of an open file without the NULs that its writer has put behind its text to reserve
/// room. Blocking.
std::uint64_t size_without_reserve(int file, std::uint64_t size);

/// content_hash() of bytes of an open file; nothing if they cannot be read. Blocking.
std::optional<std::uint64_t> hash_range(int file, std::uint64_t from, std::uint64_t to);

/// The end of the last line that ends at or before `limit` and behind `from`; 0: none. Blocking.
std::uint64_t last_line_end(int file, std::uint64_t from, std::uint64_t limit);

}  // namespace kustodrop::spool
