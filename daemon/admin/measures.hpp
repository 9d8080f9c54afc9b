#pragma once

#include "base/metrics.hpp"
#include "daemon/admin/status_report.hpp"

#include <string_view>

namespace kustodrop::daemon {

/// Declares every metric of docs/metrics.md and those beyond it, each with type, meaning and
/// buckets: what docs/metrics.md lists is there from the first scrape.
void declare_metrics(metrics& measured);

/// Begins a watch's counters at zero, so that a first failure is an increase.
void begin_measuring_watch(metrics& measured, std::string_view watch);

/// Brings the gauges that are read off a report up to date.
void measure_whole(metrics& measured, const status_report& report);

/// The same of those of a cluster.
void measure(metrics& measured, const cluster_status& of);

/// Memory, processor time, open files and start of this process, under their standard names.
void measure_process(metrics& measured);

}  // namespace kustodrop::daemon
