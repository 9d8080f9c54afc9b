#pragma once

#include "config/keys/key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// The sections that have a key of this name, "watches[] or fleet"; empty: none has. Pure.
std::string homes_of(std::string_view name, const std::vector<documented_key>& all);

}  // namespace kustodrop::config
