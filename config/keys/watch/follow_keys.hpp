#pragma once

#include "config/keys/key.hpp"
#include "config/settings.hpp"

#include <vector>

namespace kustodrop::config {

/// The keys of a watch that follows logs.
std::vector<key<watch_options>> follow_keys();

}  // namespace kustodrop::config
