#pragma once

#include <string>

namespace kustodrop::config {

/// kustodrop.example.yaml: every key with its default and what it means.
std::string example_file();

}  // namespace kustodrop::config
