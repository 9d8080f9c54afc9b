#pragma once

#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/following/looking/open_logs.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <vector>

/// Bytes of logs that can no longer be read.
namespace kustodrop::pipeline {

/// The outcome of such bytes: rejected, with a code that says what became of them. Pure.
spool::outcome_record outcome_of(const spool::lost_range& lost, wall_time at);

/// A source that stands for them, which is never shipped. Pure.
spool::source source_of(
    const spool::lost_range& lost, std::string id, std::string watch, wall_time at
);

/// Whether a source can be read, and from where.
struct readable_source {
    std::vector<spool::slice> slices;       // With the files that hold them now.
    std::vector<spool::lost_range> lost;    // Empty: every slice was found.
    std::vector<spool::slice> lost_slices;  // The same, as they were cut.
};

/// Looks for the files that hold the bytes of slices. Blocking.
readable_source find_bytes(std::vector<spool::slice> slices, const spool::open_logs& files);

/// What a source becomes of which slices are lost: one source of those that were found, if there
/// are any, then one of each that is lost. Pure.
std::vector<spool::source> parts_of(
    const spool::source& whole,
    const readable_source& found,
    random_generator& random,
    wall_time now
);

struct giving_up_parts {
    roster& sources;
    ready_queue& ready;
    routing& next;
    clock& time;
    random_generator& random;
};

/// The lost slices get their outcomes, and the others continue as another source, whose id is
/// returned. The reference is dead afterwards.
std::optional<std::string> give_up(
    const giving_up_parts& with, spool::source& what, const readable_source& found
);

}  // namespace kustodrop::pipeline
