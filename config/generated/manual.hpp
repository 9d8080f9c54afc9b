#pragma once

#include <string>

namespace kustodrop::config {

/// The section KEYS of kustodrop.yaml(5), in roff.
std::string manual_keys();

}  // namespace kustodrop::config
