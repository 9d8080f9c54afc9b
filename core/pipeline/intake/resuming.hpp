#pragma once

#include "async/clock.hpp"
#include "base/metrics.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"

/// How a source of an earlier run, as reconcile() left it, joins the running pipeline.
namespace kustodrop::pipeline {

struct resuming_parts {
    roster& sources;
    ready_queue& ready;
    routing& next;
    clock& time;
    metrics& measured;
};

/// Takes the source into the roster and hands it to the part that its stage calls for. A post that
/// was interrupted is counted as ambiguous and recorded. Returns the source.
spool::source& resume(const resuming_parts& with, watch& from, spool::source what);

/// Settles a source whose file disappeared before it was shipped.
void settle_vanished(const resuming_parts& with, spool::source& what);

}  // namespace kustodrop::pipeline
