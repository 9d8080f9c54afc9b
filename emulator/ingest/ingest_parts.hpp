#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "emulator/engine/store.hpp"
#include "emulator/ingest/ingest_stats.hpp"
#include "emulator/ingest/ingestor_options.hpp"
#include "emulator/ingest/messages/message_check.hpp"

namespace kustodrop::emulator {

/// What the parts of an ingestor work with; all of it outlives them.
struct ingest_parts {
    clock& time;
    logger& log;
    worker_pool& pool;
    store& tables;
    const catalog& known;
    const ingestor_options& options;
    const identity_valid& identity;
    const bool& paused;
    ingest_stats& stats;
    random_generator& random;
};

}  // namespace kustodrop::emulator
