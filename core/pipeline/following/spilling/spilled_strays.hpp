#pragma once

#include "async/awaitable.hpp"
#include "pipeline/following/cut_admission.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/keeping/spilled_content.hpp"
#include "spool/following/keeping/spilled_ranges.hpp"
#include "spool/following/log_state.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// Files of spilled ranges that are in no source, and what is closed without being read.
namespace kustodrop::pipeline {

/// What makes sources of them.
struct stray_parts {
    watch& from;
    intake_parts with;
    cut_admission& admission;
};

/// What has become of them.
struct adopted_strays {
    std::vector<spool::lost_range> lost;  // Before them, and after what is known of their logs.
    std::set<std::string> delivered;      // Locations of those that a lost journal had as such.
};

/// Makes sources of those that have none and say what they are. `needed`: locations of those that
/// have one.
asio::awaitable<adopted_strays> adopt_strays(
    stray_parts of, std::shared_ptr<spool::followed_logs> logs, std::set<std::string> needed
);

/// All but these that say what they are, those of a log in the order of its bytes. Blocking.
std::vector<spool::spilled_content> read_strays(
    const spool::spilled_ranges& in, const std::set<std::string>& needed
);

/// The log that is followed and has this range; null: none is. Pure.
const spool::log_state* log_of(const spool::known_logs& logs, const spool::slice& range);

/// Whether the range has had no source that is on its way or has ended: its log is not cut as far
/// as that. Of a log that is not known it had one, unless the journal was lost. Pure.
bool is_to_be_shipped(const spool::slice& range, const spool::log_state* log, bool journal_is_lost);

/// What the log is known by from then on. Pure.
spool::log_range range_of(const spool::spilled_content& found, const spool::log_state& log);

/// What no file has any more. Pure.
spool::lost_range between(const spool::log_state& log, const spool::slice& range);

/// What is not read of these logs. Pure.
std::vector<spool::departing_log> unread_of(
    const std::vector<spool::followed_log>& closing, const spool::followed_logs& logs
);

/// Of which files slices are spilled, and how.
struct slice_spilling {
    const spool::open_logs& files;
    const spool::spilled_ranges& to;
    const spool::spill_limits& limits;
    const std::set<std::uint64_t>& inodes;
    const std::string& id;  // For the names.
};

/// Spills those of these files, and says in the slices where they are. Returns how many are.
/// Blocking.
std::size_t spill_slices(std::vector<spool::slice>& slices, const slice_spilling& how);

}  // namespace kustodrop::pipeline
