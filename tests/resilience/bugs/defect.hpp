#pragma once

#include <string_view>

namespace kustodrop {

/// Whether the environment variable KUSTODROP_DEFECT names this defect. Only in the copy of the
/// sources that tests/resilience/seeded_tree.py makes.
bool defect(std::string_view name);

}  // namespace kustodrop
