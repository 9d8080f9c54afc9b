#pragma once

#include <string>

namespace kustodrop::config {

/// What is wrong and what to do about it, in the terms of a person who edits a file, of a message
/// of yaml-cpp without what follows its colon. Unknown ones stand behind "is not valid YAML".
std::string yaml_cause(const std::string& message);

}  // namespace kustodrop::config
