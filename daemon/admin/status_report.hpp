#pragma once

#include "base/result.hpp"
#include "pipeline/roster.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// One watch as `status` shows it.
struct watch_status {
    std::string name;
    std::string path;
    std::string target;
    std::string mode;           // "inotify" or "poll".
    bool present = true;        // Whether the folder is there.
    bool leaving = false;       // No longer configured: only claimed files are finished.
    std::string paused;         // Why it is paused: the service's code and text; empty: it is not.
    std::uint64_t held = 0;     // Sources that wait until its target is fixed.
    bool low_on_space = false;  // Nothing is claimed until there is space.
    pipeline::watch_counts counts;
    std::size_t waiting_in_folder = 0;  // As the last scan saw.
    std::size_t settling = 0;
    std::uint64_t seen = 0;  // Since the start, like the following.
    std::uint64_t raw_bytes = 0;
    std::uint64_t uploaded_bytes = 0;
    std::map<std::string, std::uint64_t> outcomes = {};
};

/// The daemon at a glance.
struct status_report {
    std::string version;
    wall_time started_at{};
    wall_time now{};
    std::string endpoint;
    std::optional<duration> token_time_left;
    std::optional<duration> resources_age;
    std::optional<duration> sas_time_left;
    std::optional<duration> clock_skew;      // How far our clock is ahead of the service's.
    std::string config_problem;              // Why the last reload was refused; empty: it was not.
    std::optional<failure> trouble;          // Why the service cannot be used now.
    std::optional<failure> polling_trouble;  // Why the notification queues cannot be read now.
    bool journal_healthy = true;
    bool stopping = false;
    std::size_t outstanding = 0;  // Posted, outcome not known yet.
    std::vector<watch_status> watches;

    std::string to_json() const;
    std::string to_text() const;
    std::string one_line() const;  ///< For STATUS= of sd_notify.

    /// Whether files dropped now are taken in: not while the daemon stops, and not without space or
    /// a journal. The service's outages do not matter: files are buffered.
    bool takes_files() const;
};

/// The text of `kustodrop status` from the JSON that the daemon gave.
std::string status_text(const std::string& json);

}  // namespace kustodrop::daemon
