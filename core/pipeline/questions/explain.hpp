#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "spool/source/sighting.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// How far a followed log is dealt with, as the journal has it, in bytes from its beginning.
struct log_progress {
    std::uint64_t first = 0;       // The first byte that is recorded; of those before nothing is
                                   // known.
    std::uint64_t read = 0;        // Cut into sources.
    std::uint64_t posted = 0;      // Without a gap.
    std::uint64_t confirmed = 0;   // The same, with any outcome.
    std::uint64_t lost_bytes = 0;  // Rejected or failed.
    std::string lost;              // The last range of those, in words.
};

/// What is known of one file and its watch. Large because every rule has a fact of its own.
struct explain_facts {
    watch_options watch;
    std::string name;  // Relative to the watch's folder.
    std::optional<spool::sighting> seen;
    std::string looked_as = "this user";  // Whose rights `seen` shows.
    std::optional<spool::sighting> marker;
    std::vector<std::string> met_targets;  // That the daemon has met by the route.
    std::string claimed_as;       // Where it is under work/ when it is no longer seen; or empty.
    bool is_recorded = false;     // The journal has it as on its way,
    bool is_settled = false;      // and its outcome, according to which it is to be moved.
    bool is_of_seen = false;      // That record is about the file that is seen.
    std::string posted_at;        // When it was posted, while its outcome is awaited; or empty.
    std::optional<bool> is_kept;  // The journal has it as dealt with, unchanged since.
    std::string history;          // The newest record of that name; empty: none.
    std::string ended;            // What became of it, if that record ended: "shipped at …".
    std::string paused;           // Why the watch stands still; empty: it does not.
    std::string held;       // Why its folder is not read, or nothing of it is sent; empty: neither.
    std::string polled;     // Why its folders are polled instead of watched; empty: they are not.
    std::string copy;       // A file of which this one may be a compressed copy, or the reverse.
    std::string unclaimed;  // Why it cannot be claimed; empty: nothing is known of that.
    std::string unread;     // Why it cannot be read where it was claimed to; or empty.
    std::string failover;   // That files go to another cluster than their own; or "".
    std::string in_place;   // Why files stay in the folder although they were to be moved; or "".
    std::string unmoved;    // Why it cannot be moved to where its outcome sends it; or empty.
    bool low_on_space = false;
    bool folder_present = true;   // The daemon has the watch's folder open.
    std::string journal_trouble;  // Why the journal cannot be written; empty: it can be.
    std::string outcome_trouble;  // Why outcomes cannot be read; empty: they can.
    std::string trouble;          // Why nothing gets through to the service; empty: it does.
    std::optional<duration> next_attempt;  // Of the watch, where something waits.
    std::uint64_t pending_files = 0;
    std::optional<log_progress> progress;  // Of a followed log of which something is recorded.
    bool daemon_runs = false;
    std::string daemon_silence;  // Why it gives no status although it runs; empty: it does.
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
