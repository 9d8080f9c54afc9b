#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"

#include <cstddef>
#include <optional>
#include <vector>

/// A blob of several files that cannot be ingested is sent again in halves, until the file that is
/// to blame is alone, so that the others do not fail with it. Where a file cannot be read, it is
/// known which one.
namespace kustodrop::pipeline {

/// The two halves of a source of several files, as they were claimed. A half of one file goes under
/// the id that its place in work/ carries.
std::vector<spool::source> halves_of(
    const spool::source& whole, random_generator& random, wall_time now
);

/// Whether a failed source can be sent again in halves.
bool is_divisible(const spool::source& whole);

/// Whether a failure to read a source is that of the file which was read then, not of all of them.
/// Pure.
bool is_of_one_file(const failure& why);

/// Takes a file out of a source of several: it is a source of its own then, as it was claimed. The
/// others keep the id. They are a part of whatever was posted under it, so that a late success is
/// theirs too, and the service's own check recognizes them. Of the one that is taken out such posts
/// count as posts whose answer was lost.
spool::source take_out(
    spool::source& whole, std::size_t at, random_generator& random, wall_time now
);

struct dividing_parts {
    roster& sources;
    ready_queue& ready;
    clock& time;
    random_generator& random;
    logger& log;
};

/// Puts the halves into the ready queue. The reference is dead afterwards.
void divide(const dividing_parts& with, spool::source& whole, spool::outcome_record why);

/// The file that could not be read for that reason is sent alone, and the others without it: puts
/// both into the ready queue.
void leave_out(
    const dividing_parts& with, spool::source& whole, std::size_t at, const failure& why
);

}  // namespace kustodrop::pipeline
