#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

#include <string>

namespace kustodrop::daemon {

/// Which files `--file` is about.
struct file_pattern {
    std::string watch;  // Empty: any.
    std::string glob;
};

/// Reads a glob, or a full path with or without one: "*.csv", "/srv/drop/web/a*.csv". Of watches
/// whose folders lie in each other the innermost is meant. `watch` is the one that `--watch` names,
/// or empty. Fails with a sentence for the person if the pattern is not valid, lies in no watch's
/// folder, or in another one's.
result<file_pattern> file_pattern_of(
    const config::settings& settings, const std::string& text, const std::string& watch
);

}  // namespace kustodrop::daemon
