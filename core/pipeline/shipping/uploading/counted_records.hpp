#pragma once

#include "kusto/target.hpp"
#include "spool/reading/records/record_count.hpp"

#include <optional>

namespace kustodrop::pipeline {

/// How the records of files for a target are counted; nothing where bytes do not show them: binary
/// formats, JSON over several lines, one value a file. Pure.
std::optional<spool::record_count_rules> counted_records_of(const kusto::target& where);

}  // namespace kustodrop::pipeline
