#pragma once

#include <string_view>

namespace kustodrop {

/// A known defect, to prove that the tests would catch it (tests/resilience/seeded_bugs_test.py):
/// only a build with KUSTODROP_SEEDED_BUGS has them, and of those the one that the environment
/// variable KUSTODROP_DEFECT names. Never true in any other build.
#ifdef KUSTODROP_SEEDED_BUGS
bool defect(std::string_view name);
#else
constexpr bool defect(std::string_view /*name*/) { return false; }
#endif

}  // namespace kustodrop
