#pragma once

#include <string>

namespace kustodrop::emulator {

/// What a person is told when everything listens: the facts of the ready file and a few commands
/// to try. `resource` is what tokens are asked for.
std::string welcome_text(const std::string& ready_facts, const std::string& resource);

}  // namespace kustodrop::emulator
