#pragma once

#include "config/settings.hpp"
#include "pipeline/outcomes/outcomes.hpp"
#include "pipeline/shipping/shipper.hpp"
#include "pipeline/watch/watch_options.hpp"

/// The configuration in the words of the parts that obey it.
namespace kustodrop::daemon {

pipeline::target target_of(const config::watch& from);
pipeline::watch_options watch_options_of(
    const config::watch& from, const config::retention_settings& retention
);
spool::archive_limits archive_limits_of(const config::retention_settings& from);
/// How many threads may compress at a time: what is configured, or one for each processor.
unsigned compression_threads_of(const config::settings& from);

pipeline::ready_options ready_options_of(const config::settings& from);
pipeline::shipper_options shipper_options_of(const config::settings& from);
pipeline::outcomes_options outcomes_options_of(const config::settings& from);

}  // namespace kustodrop::daemon
