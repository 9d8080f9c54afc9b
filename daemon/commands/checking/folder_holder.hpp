#pragma once

#include "spool/folder/drop_folder.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Which daemon with another state directory ships this folder: "held by pid 123 on host NAME, …".
/// Nothing: none does, or it cannot be seen. Takes no lock.
std::optional<std::string> other_holder(
    const spool::drop_folder& folder, std::string_view state_directory
);

}  // namespace kustodrop::daemon
