#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace kustodrop::config {

/// The folder of the fragments that belong to a configuration file (docs/configuration.md §8):
/// "conf.d" beside it. Where several configurations share a folder, as those of instances do in
/// /etc/kustodrop, that is the one of kustodrop.yaml, and NAME.yaml has "NAME.conf.d".
std::string fragments_folder(const std::string& config_path);

/// What lies in that folder.
struct fragment_names {
    std::vector<std::string> read;     // Whole paths of *.yaml, sorted by name.
    std::vector<std::string> ignored;  // Likewise of those that were probably meant to be read.
};

/// Lists the fragments; nothing if the folder does not exist. What editors and package managers
/// leave behind, and hidden files, are neither read nor named. Fails if the folder cannot be
/// listed or holds too many.
result<fragment_names> list_fragments(const std::string& folder);

/// What keeps a file from being read as a fragment under that name in the folder; empty: nothing.
std::string fragment_name_problem(const std::string& name);

}  // namespace kustodrop::config
