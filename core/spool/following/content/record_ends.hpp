#pragma once

#include "spool/following/log_state.hpp"
#include "spool/reading/records/record_cut.hpp"
#include "spool/reading/records/record_reader.hpp"

#include <cstdint>
#include <vector>

namespace kustodrop::spool {

/// How records are found in logs.
struct range_rules {
    record_form form;                             // Of the format.
    std::uint64_t max_record = 1024 * 1024;       // What is longer is cut within.
    record_rules records = {};                    // Other than lines: these find the ends.
    std::uint64_t max_range = 100 * 1024 * 1024;  // Where no record ends in that, it is cut within.
    evidence_sizes sizes = {};
};

/// A part of a log that is to be cut: up to the last record that ends at or before `limit`.
struct range_wish {
    log_number log = 0;
    std::uint64_t limit = 0;
    bool takes_unfinished = false;  // Up to the limit, for nothing will be added to the log.
    bool takes_quiet = false;       // Up to the end of a line, for its record does not end.

    friend bool operator==(const range_wish&, const range_wish&) = default;
};

/// Why a range does not end, or does not begin, with a record.
enum class record_split {
    none,
    length,  // Its record is longer than a record may be.
    quote,   // Its line opens a quotation that is not closed.
    rest,    // It is what follows in the line of an earlier range.
};

/// Where a range ends.
struct record_end {
    std::uint64_t end = 0;  // 0: no record does.
    record_split split = record_split::none;
    bool is_alone = false;  // An open quotation would swallow what comes behind it.
    std::vector<std::uint64_t> inside = {};  // Some of the records' ends before, ascending.
};

/// Finds where the range from `from` on ends. Of separated text with a quotation that is not closed
/// the first line is a range of its own: so what follows does not wait for the quote. `inside` has
/// at most 11 places of a range at a log's beginning and 3 of another. Blocking.
record_end find_record_end(
    int file, std::uint64_t from, const range_wish& wish, const range_rules& rules
);

}  // namespace kustodrop::spool
