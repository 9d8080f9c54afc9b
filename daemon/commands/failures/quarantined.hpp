#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// A file in quarantine with its explanation (docs/operations.md §4).
struct quarantined_file {
    std::string watch;
    std::string file;     // Its original name, relative to the watch's folder.
    std::string place;    // Where it lies, absolute.
    std::string code;     // Empty, like the rest: nothing explains it.
    std::string details;  // The service's own text, or ours.
    std::string outcome;
    std::string source_id;
    std::string time;  // ISO 8601.
    std::uint64_t bytes = 0;
};

/// What lies in the quarantine of one watch's folder, in no order; nothing if there is none.
/// Blocking; follows no link. Fails if it cannot be listed.
result<std::vector<quarantined_file>> quarantined_in(
    const std::string& watch, const std::string& folder
);

/// Files that failed with the same code.
struct failure_group {
    std::string code;
    std::string outcome;
    std::vector<std::string> watches;  // Sorted, each once.
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::string oldest_at;
    quarantined_file newest;
};

/// By code, most files first. Pure.
std::vector<failure_group> grouped_by_code(const std::vector<quarantined_file>& files);

/// The command that sends the files of a group again; `context`: what is to stand behind it
/// (" --config FILE"). Empty if retry does not know them.
std::string retry_command(const failure_group& group, const std::string& context);

/// An argument as a shell reads it back.
std::string shell_quoted(const std::string& text);

}  // namespace kustodrop::daemon
