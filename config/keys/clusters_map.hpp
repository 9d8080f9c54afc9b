#pragma once

#include "config/reading/section.hpp"
#include "config/settings.hpp"

#include <string>

namespace kustodrop::config {

/// Whether several clusters may be configured, here or in a fragment, instead of `cluster`.
bool has_clusters(section& root);

/// Reports what stands beside `clusters` and belongs into it.
void refuse_single_cluster(section& root);

/// The key `cluster` of a section that was read: which of the clusters it means. The only one where
/// none is given; reports one that is not configured, and that one has to be chosen.
void choose_cluster(section& from, std::string& out, const settings& all);

/// The key `failover` of a watch that was read: it names another one of the clusters. False: it is
/// not known which.
bool check_failover(section& from, const watch_options& watch, const settings& all);

/// Warns of those that no watch ships to. Call it once all watches are read.
void warn_of_unused_clusters(section& root, const settings& all);

}  // namespace kustodrop::config
