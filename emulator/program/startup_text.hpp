#pragma once

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// Printed when everything listens: the facts of the ready file and a few commands to try.
/// `resource` is what tokens are for.
std::string startup_text(
    const std::string& ready_facts,
    const std::string& resource,
    const std::vector<std::string>& tables
);

}  // namespace kustodrop::emulator
