#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "spool/reading/rows/row_writer.hpp"

#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// The rows that a watch makes of the logs in a source. Nothing where it ships their bytes as they
/// are.
std::optional<spool::row_rules> row_rules_of(
    const watch_options& watch, const target& where, const std::string& source_id
);

}  // namespace kustodrop::pipeline
