#pragma once

#include "pipeline/retiring/file_moves.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <vector>

/// What retiring does with ranges of followed logs, whose files stay as they are.
namespace kustodrop::pipeline {

/// Pure: what a watch that follows logs does with the ranges of a source.
file_action action_for_ranges(const watch_options& watch, const spool::outcome_record& record);

/// Copies ranges that failed into the state directory, and deletes the copies of those that have
/// been delivered since. What was spilled is copied too, where it failed; its own file is deleted
/// by who spilled it. A range of which no file has the bytes any more has no location then.
/// Every job may be asked for again after a crash. Blocking.
std::vector<move_result> move_ranges(const open_folder& from, const std::vector<move_job>& jobs);

/// Says in the record where a range has no location.
void note_absence(spool::outcome_record& record, const move_result& how);

}  // namespace kustodrop::pipeline
