#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The clusters of a configuration, whether it has `cluster` or `clusters`.
namespace kustodrop::config {

/// Their names, in order; of `cluster` it is empty.
std::vector<std::string> cluster_names(const settings&);

/// Null: it is not configured. Of `cluster` the name is empty.
const cluster_settings* find_cluster(const settings&, std::string_view name);

/// What holds for one of them: `cluster` and `auth` are its own, and `clusters` is empty.
settings settings_at(const settings&, std::string_view name);

/// The reverse: its `cluster` and `auth` are those of `at` from now on.
void take_cluster(settings& to, std::string_view name, const settings& at);

}  // namespace kustodrop::config
