#pragma once

#include "daemon/reconciling/journal_sums.hpp"
#include "kusto/target.hpp"

#include <vector>

namespace kustodrop::daemon {

/// The tables that "Database.Table" of a sum may mean: one where the journal or the watch's target
/// says it, else one for each point in the name, first those with a part of the target. Pure.
std::vector<kusto::target> named_targets(const kusto::target& of_watch, const journal_sum& sum);

}  // namespace kustodrop::daemon
