#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "spool/watching/inotify.hpp"

#include <cstddef>
#include <string>

namespace kustodrop::pipeline {

/// What the intakes of all watches share; all of it outlives them.
struct intake_parts {
    roster& sources;
    absent_sources& absent;
    ready_queue& ready;
    small_contents& contents;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
    spool::inotify* events;  // The process's one; null: folders are polled.
};

struct intake_options {
    std::string state_directory;    // Named in the folder's lock.
    duration absent_check = 5s;     // How often an absent folder is looked for.
    duration poll_every = 2s;       // Between scans where events do not come,
    duration rescan_every = 1min;   // and where they do.
    std::size_t batch_files = 256;  // Looks and claims in one batch.
};

}  // namespace kustodrop::pipeline
