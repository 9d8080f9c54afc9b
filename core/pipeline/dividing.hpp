#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"

#include <vector>

/// A blob of several files that cannot be ingested is sent again in halves, until the file that is
/// to blame is alone, so that the others do not fail with it.
namespace kustodrop::pipeline {

/// The two halves of a source of several files, as they were claimed. A half of one file goes under
/// the id that its place in work/ carries.
std::vector<spool::source> halves_of(
    const spool::source& whole, random_generator& random, wall_time now
);

/// Whether a failed source can be sent again in halves.
bool is_divisible(const spool::source& whole);

struct dividing_parts {
    roster& sources;
    ready_queue& ready;
    clock& time;
    random_generator& random;
    logger& log;
};

/// Puts the halves into the ready queue. The reference is dead afterwards.
void divide(const dividing_parts& with, spool::source& whole, spool::outcome_record why);

}  // namespace kustodrop::pipeline
