#pragma once

#include "config/settings.hpp"
#include "pipeline/engine.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/quarantine_retention.hpp"
#include "spool/folder/retention.hpp"

#include <optional>

/// What parts need of more than one section of the configuration.
namespace kustodrop::daemon {

/// The watch with what `retention` says for all of them.
pipeline::watch_options watch_options_of(
    const pipeline::watch_options& from, const config::retention_settings& retention
);
spool::archive_limits archive_limits_of(const config::retention_settings& from);

/// Nothing: all that is in quarantine is kept.
std::optional<spool::quarantine_limits> quarantine_limits_of(const config::retention_settings& from
);

/// The pipeline's options beside those of its watches.
pipeline::engine_options engine_options_of(const config::settings& from);

}  // namespace kustodrop::daemon
