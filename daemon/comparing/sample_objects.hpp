#pragma once

#include "daemon/comparing/finding.hpp"
#include "daemon/comparing/table_facts.hpp"
#include "daemon/inferring/found_table.hpp"

namespace kustodrop::daemon {

/// Compares records that are objects of JSON with a table: one a line or, with `is_multi`, over
/// several lines and in arrays.
void compare_objects(const sample& what, bool is_multi, const table_facts& table, comparison& out);

}  // namespace kustodrop::daemon
