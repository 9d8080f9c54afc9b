#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

#include <functional>
#include <string>

namespace kustodrop::daemon {

/// Which files `--file` is about.
struct file_pattern {
    std::string watch;  // Empty: any.
    std::string glob;
    std::string otherwise = {};  // The glob where nothing matches the first one; empty: none.
};

/// Reads a glob, or a full path with or without one: "*.csv", "/srv/drop/web/a*.csv". A full path
/// is the name of a file in the first place; a glob where there is no such file, and none is found
/// of that name. Of watches whose folders lie in each other the innermost is meant. `watch` is the
/// one that `--watch` names, or empty. `is_there`: whether there is such a file. Fails with a
/// sentence for the person if the pattern is not valid, lies in no watch's folder, or in another
/// one's.
result<file_pattern> file_pattern_of(
    const config::settings& settings,
    const std::string& text,
    const std::string& watch,
    const std::function<bool(const std::string& path)>& is_there
);

/// Whether there is something at the path; not where its folder does not answer. Blocks.
bool is_file_there(const std::string& path);

}  // namespace kustodrop::daemon
