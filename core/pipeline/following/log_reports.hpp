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

    /// A range was cut: the log is UTF-16, or a record of it was cut within.
    void report_range(const spool::log_range& range, const std::string& watch);

    /// Something that is so for as long as this process runs.
    void keep(notice one);

    /// What waits or is hidden, as the last look showed, and what was kept.
    std::vector<notice> notices() const;

private:
    void report_utf16(const std::string& name, const std::string& watch);
    void report_hidden(const spool::folder_look& seen, const std::string& watch);
    void report_links(const spool::folder_look& seen, const std::string& watch);

    logger& log_;
    std::map<std::string, spool::log_status> reported_;  // By name.
    std::set<std::string> refused_;                      // Names of logs that cannot be read,
    std::set<std::string> waiting_;                      // and that cannot be inflated now.
    std::set<std::string> unclosed_;                     // Logs with quotations that do not end.
    std::set<std::string> hidden_;                       // Subfolders that cannot be looked into.
    std::set<std::string> links_;                        // To files that are not followed.
    std::vector<notice> notices_;
    std::vector<notice> kept_;
};

}  // namespace kustodrop::pipeline
