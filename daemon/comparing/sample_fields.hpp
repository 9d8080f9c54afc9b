#pragma once

#include "daemon/comparing/finding.hpp"
#include "daemon/comparing/table_facts.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// What the first record is to the watch.
enum class first_record { ignored, sent, never_a_header };

/// Compares records of fields (csv and its relatives, txt, raw) with a table.
void compare_fields(
    const std::vector<std::vector<std::string>>& records,
    first_record first,
    const table_facts& table,
    comparison& out
);

}  // namespace kustodrop::daemon
