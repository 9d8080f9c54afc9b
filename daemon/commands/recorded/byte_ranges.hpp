#pragma once

#include "pipeline/questions/explain.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Bytes [from, to) of a log with one outcome, or on their way in one stage: neighbours with the
/// same one are one range.
struct byte_range {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string state;  // The outcome, or the stage of what has none yet.
    std::string code;
    std::string details;
    std::string first_at;  // Of the first and the last of its sources, ISO 8601.
    std::string last_at;
    std::string first_source;
    std::string last_source;
    std::size_t sources = 0;
};

/// One log as the journal has it: one file until it was truncated, whatever its names.
struct recorded_log {
    std::string watch;
    std::string file;                // Its name at the last cut.
    std::uint64_t inode = 0;         // 0: not known.
    std::vector<byte_range> ranges;  // Ascending; what is missing between them is not recorded.

    std::uint64_t end() const { return ranges.empty() ? 0 : ranges.back().to; }
};

/// The logs in rows of the record (docs/json.md, journal), the one that began last at the end.
/// Pure.
std::vector<recorded_log> logs_in(const std::string& journal_json);

/// Those of one file: by its inode, or if that is 0 or of none of them, by its name.
std::vector<recorded_log> logs_of(
    const std::vector<recorded_log>& logs, const std::string& file, std::uint64_t inode
);

/// The range of the log that began last which has the byte.
std::optional<byte_range> range_at(const std::vector<recorded_log>& logs, std::uint64_t offset);

/// Only the range with that byte, of the log that began last; empty: none has it.
std::vector<recorded_log> only_at(const std::vector<recorded_log>& logs, std::uint64_t offset);

/// As an array of ranges; the members are in docs/json.md.
std::string ranges_json(const std::vector<recorded_log>& logs);

/// As lines for a person.
std::string ranges_text(const std::vector<recorded_log>& logs);

/// How far the log is read, posted and confirmed from its first recorded byte on, without a gap.
pipeline::log_progress progress_of(const recorded_log& log);

}  // namespace kustodrop::daemon
