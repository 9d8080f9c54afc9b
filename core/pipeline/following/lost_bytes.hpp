#pragma once

#include "pipeline/watch/watch_table.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/following/looking/open_logs.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

/// Bytes of logs that can no longer be read.
namespace kustodrop::pipeline {

/// The outcome of such bytes: rejected, with a code that says what became of them. Pure.
spool::outcome_record outcome_of(const spool::lost_range& lost, wall_time at);

/// What a look would show if the folder with these logs were left: what was not read of them is
/// lost. Pure.
spool::folder_look last_look_at(const spool::followed_logs& logs);

/// A source that stands for them, which is never shipped. Pure.
spool::source source_of(
    const spool::lost_range& lost, std::string id, std::string watch, wall_time at
);

/// Whether a source can be read, and from where.
struct readable_source {
    std::vector<spool::slice> slices;     // With the files that hold them now.
    std::vector<spool::lost_range> lost;  // Empty: every slice was found.
    std::set<std::size_t> lost_slices;    // Which those are.
};

/// Looks for the files that hold the bytes of slices. Blocking.
readable_source find_bytes(std::vector<spool::slice> slices, const open_folder& from);

/// The source was cut in a folder that the watch has left: what is not found was left there. Pure.
void leave_lost(readable_source& found);

/// What becomes of a source of which slices are lost: one source of those that were found, if there
/// are any, then one of each that is lost, in the order of `found.lost`; all without ids. Those
/// that are lost may have arrived with a post of the whole. Pure.
std::vector<spool::source> parts_of(const spool::source& whole, const readable_source& found);

}  // namespace kustodrop::pipeline
