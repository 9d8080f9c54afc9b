#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "spool/source/sighting.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What is known of one file and its watch. Large because every rule has a fact of its own.
struct explain_facts {
    watch_options watch;
    std::string name;  // Relative to the watch's folder.
    std::optional<spool::sighting> seen;
    std::string looked_as = "this user";  // Whose rights `seen` shows.
    std::optional<spool::sighting> marker;
    std::string claimed_as;       // Where it is under work/ when it is no longer seen; or empty.
    bool is_recorded = false;     // The journal has it as on its way.
    std::optional<bool> is_kept;  // The journal has it as dealt with, unchanged since.
    std::string history;          // The newest record of that name; empty: none.
    std::string ended;            // What became of it, if that record ended: "shipped at …".
    std::string paused;           // Why the watch stands still; empty: it does not.
    std::string held;    // Why its folder is not read, or nothing of it is sent; empty: neither.
    std::string polled;  // Why its folders are polled instead of watched; empty: they are not.
    std::string copy;    // A file of which this one may be a compressed copy, or the reverse.
    bool low_on_space = false;
    bool folder_present = true;   // The daemon has the watch's folder open.
    bool journal_works = true;    // It can be written.
    std::string outcome_trouble;  // Why outcomes cannot be read; empty: they can.
    std::string trouble;          // Why nothing gets through to the service; empty: it does.
    std::optional<duration> next_attempt;  // Of the watch, where something waits.
    std::uint64_t pending_files = 0;
    bool daemon_runs = false;
};

/// One rule with its answer.
struct explained {
    std::string rule;
    std::string answer;
    bool lets_pass = true;
};

/// Every rule that decides whether a file is shipped, in their order. Pure.
std::vector<explained> explain(const explain_facts& facts);

/// The one line that follows from the rules. What the journal knows of the file's end comes first.
std::string conclusion(const std::vector<explained>& rules);

}  // namespace kustodrop::pipeline
