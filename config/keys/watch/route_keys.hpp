#pragma once

#include "config/keys/key.hpp"
#include "config/settings.hpp"

#include <vector>

/// The keys of a watch whose target follows from the path of each file.
namespace kustodrop::config {

/// Read after the keys of the target.
std::vector<key<watch_options>> route_keys();

/// Whether the texts of the target, the route and the allow-lists fit together. A route that names
/// folders makes the watch recursive.
void check_route(section& watch, watch_options& out);

}  // namespace kustodrop::config
