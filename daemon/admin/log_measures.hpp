#pragma once

#include "base/metrics.hpp"
#include "daemon/admin/status_report.hpp"

#include <string_view>

namespace kustodrop::daemon {

/// Begins the counters of a watch that follows logs at zero, beside those of every watch.
void begin_measuring_logs(metrics& measured, std::string_view watch);

/// Brings the gauges of such a watch up to date; nothing for any other.
void measure_logs(metrics& measured, const watch_status& watch);

}  // namespace kustodrop::daemon
