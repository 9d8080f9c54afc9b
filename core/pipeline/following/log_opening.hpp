#pragma once

#include "pipeline/watch/watch_table.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <memory>
#include <string>

namespace kustodrop::pipeline {

/// How the logs of a watch are found and cut.
spool::following_rules rules_of(const watch_options& from, const std::string& state_directory);

/// The logs of a watch whose folder is open, of which nothing is known yet.
std::shared_ptr<spool::followed_logs> make_followed_logs(
    const watch& from, const std::string& state_directory
);

}  // namespace kustodrop::pipeline
