#pragma once

#include "config/section.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// The name of a watch that was given none: its folder's, as far as a name may hold it.
std::string name_from_path(std::string_view path);

/// Why an additional property of that name is refused; nothing if it is passed on.
std::optional<std::string> property_problem(std::string_view name, bool has_mapping_reference);

/// What watches may not be together: two of one name, a folder within another's or with the
/// state directory (empty: unknown), acting on outcomes that nobody reports. `sections` are
/// those that the settings' watches were read from, in the same order.
void check_watches(
    std::vector<section>& sections, const settings&, const std::string& state_directory
);

}  // namespace kustodrop::config
