#pragma once

#include "config/reading/section.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// What the keys of one watch mean together: its name where none is given, and warnings.
void check_watch(section& from, watch_options& out);

/// Whether the watch's mode has a use for the key.
bool has_meaning(const watch_options& watch, std::string_view key);

/// What watches may not be together: two of one name, a folder within another's or with the
/// state directory (empty: unknown), acting on outcomes that the service does not report.
/// `sections` are those that the settings' watches were read from, in the same order.
void check_watches(
    std::vector<section>& sections, const settings&, const std::string& state_directory
);

}  // namespace kustodrop::config
