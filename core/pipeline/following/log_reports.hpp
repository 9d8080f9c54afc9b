#pragma once

#include "base/log.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <map>
#include <set>
#include <string>

namespace kustodrop::pipeline {

/// What the log says about the logs of a watch, each thing once.
class log_reports {
public:
    explicit log_reports(logger& log) : log_(log) {}

    void report(const spool::folder_look& seen, const std::string& watch);

private:
    logger& log_;
    std::map<std::string, spool::log_status> reported_;  // By name.
    std::set<std::string> refused_;                      // Names of logs that cannot be read.
};

}  // namespace kustodrop::pipeline
