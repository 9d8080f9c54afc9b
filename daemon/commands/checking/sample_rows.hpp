#pragma once

#include "daemon/inferring/found_table.hpp"
#include "pipeline/watch/watch_options.hpp"

#include <optional>

namespace kustodrop::daemon {

/// The rows that a watch with `follow.columns` makes of a log; nothing if it ships the bytes as
/// they are. What a column takes from the name of a log is of the sample's name. Pure.
std::optional<sample> rows_of_sample(
    const sample& log, const pipeline::watch_options& watch, const kusto::target& where
);

}  // namespace kustodrop::daemon
