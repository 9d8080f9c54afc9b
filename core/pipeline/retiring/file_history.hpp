#pragma once

#include "pipeline/retiring/retirement.hpp"
#include "spool/journal/journal_records.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Which bytes of a file were shipped by which sources. Pure.
namespace kustodrop::pipeline {

/// A range of a file's bytes, and what became of it.
struct shipped_range {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::string outcome;    // "not sent": they were added later. "unknown": the journal forgot.
    std::string source_id;  // Empty: of no source, or not known.

    friend bool operator==(const shipped_range&, const shipped_range&) = default;
};

/// Whether bytes before the slice were shipped as sources of their own. Those of a header that was
/// left out are of none.
bool has_history(const spool::slice& file);

/// The ranges of a file, in order, whose slice `file` of the source `what` has an outcome. `rows`:
/// other sources that have had the file, newest first.
std::vector<shipped_range> history_of(
    const spool::source& what, const spool::slice& file, const std::vector<spool::journal_row>& rows
);

/// Of a range of a followed log: only itself, for each range is dealt with on its own.
std::vector<shipped_range> history_of(const spool::source& what, const spool::slice& range);

/// NAME.error.json: source_id, code, details, time, attempts, and what became of which bytes of the
/// file (docs/operations.md §4).
std::string error_json(
    const spool::source& what,
    const spool::slice& file,
    const spool::outcome_record& record,
    const std::vector<shipped_range>& history
);

/// What the outcome of a file says that has changed since it was read; empty if it has not grown.
std::string growth_note(const spool::slice& file, const file_growth& seen);

}  // namespace kustodrop::pipeline
