#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"

#include <vector>

/// What becomes of a blob of several files when something is wrong with it: it is sent again in
/// halves, until the file stands alone that is to blame, so that it cannot condemn its neighbours.
namespace kustodrop::pipeline {

/// The two halves of a source of several files, as they were claimed. A half of one file goes under
/// the id that its place in work/ carries.
std::vector<spool::source> halves_of(
    const spool::source& whole, random_generator& random, wall_time now
);

/// Whether the files of a failed source can and should be told apart.
bool is_divisible(const spool::source& whole);

struct dividing_parts {
    roster& sources;
    ready_queue& ready;
    clock& time;
    random_generator& random;
    logger& log;
};

/// Puts the halves in line. The reference is dead afterwards.
void divide(const dividing_parts& with, spool::source& whole, spool::outcome_record why);

}  // namespace kustodrop::pipeline
