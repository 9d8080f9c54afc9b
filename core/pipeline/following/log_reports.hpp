#pragma once

#include "base/log.hpp"
#include "pipeline/watch/notices.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What the log says about the logs of a watch, each thing once.
class log_reports {
public:
    explicit log_reports(logger& log) : log_(log) {}

    void report(const spool::folder_look& seen, const std::string& watch);

    /// What waits, as the last look showed.
    const std::vector<notice>& notices() const { return notices_; }

private:
    logger& log_;
    std::map<std::string, spool::log_status> reported_;  // By name.
    std::set<std::string> refused_;                      // Names of logs that cannot be read,
    std::set<std::string> waiting_;                      // and that cannot be inflated now.
    std::vector<notice> notices_;
};

}  // namespace kustodrop::pipeline
