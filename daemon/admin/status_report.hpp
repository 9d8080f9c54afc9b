#pragma once

#include "base/result.hpp"
#include "daemon/admin/status_text.hpp"
#include "pipeline/failover/failover_state.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/log_figures.hpp"
#include "pipeline/watch/notices.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Whether the service refuses the target of a watch.
struct watch_pause {
    std::string paused;  // Why it is paused: the service's code and text; empty: it is not.
    std::vector<std::string> paused_targets = {};  // Of a watch with a route: only these are.
    std::uint64_t held = 0;                        // Sources that wait until it is fixed.
};

/// How the files of a watch are sent.
struct delivery_status {
    bool streams = false;                  // delivery: streaming.
    std::string streaming_paused;          // Why its files are queued all the same; empty: not so.
    std::string rest_paused;               // Why they are not posted by REST; empty: not so.
    std::optional<duration> next_attempt;  // Until something that waits is tried; none: none waits.
    std::optional<pipeline::failover_state> failover = {};  // None: it has no `failover`.
};

/// The logs of a watch that follows them, as `status` shows them.
struct followed_status {
    std::optional<pipeline::log_figures> logs = {};
    std::uint64_t lost_log_bytes = 0;  // Since the start.
};

/// One watch as `status` shows it.
struct watch_status : watch_pause, followed_status {
    std::string name;
    std::string path;
    std::string target;
    std::string cluster = {};             // Empty: there is only one.
    std::string mode;                     // "inotify" or "poll".
    bool present = true;                  // Whether the folder is open and answers.
    bool leaving = false;                 // No longer configured: only claimed files are finished.
    std::optional<failure> trouble = {};  // Why files are not taken or not sent: the folder, or
                                          // storage that refuses what is sent.
    std::vector<pipeline::notice> notices;  // What stays in the folder, and what else is unusual.
    bool low_on_space = false;              // Less than min_free: the archive is cleared.
    pipeline::watch_counts counts;
    std::uint64_t quarantined = 0;  // Files in quarantine, as of the last minute.
    delivery_status delivery;
    std::size_t waiting_in_folder = 0;  // As the last scan saw.
    std::size_t settling = 0;
    std::uint64_t seen = 0;  // Since the start, like the following.
    std::uint64_t raw_bytes = 0;
    std::uint64_t uploaded_bytes = 0;
    std::map<std::string, std::uint64_t> outcomes = {};
};

/// A cluster as `status` shows it.
struct cluster_status {
    std::string cluster = {};  // Its name; empty: there is only one.
    std::string endpoint;
    std::string transport;         // How files are posted now: "queued", "rest".
    std::string transport_reason;  // "preferred" … "configured".
    std::optional<duration> token_time_left;
    std::optional<duration> resources_age;
    std::optional<duration> sas_time_left;
    std::optional<duration> clock_skew;      // How far our clock is ahead of the service's.
    std::optional<failure> trouble;          // Why nothing gets through to the service now.
    std::optional<duration> next_request;    // Until a token or resources are asked for, if so.
    std::optional<failure> polling_trouble;  // Why the notification queues cannot be read now.
    std::size_t outstanding = 0;             // Posted, outcome not known yet.
};

/// The daemon at a glance. What it says as a cluster is that of the only one; where there are
/// several, of the first that is in trouble, and of all `outstanding`.
struct status_report : cluster_status {
    std::string version;
    std::string host;  // The name of this machine.
    wall_time started_at{};
    wall_time now{};
    std::string config_problem;  // Why the last reload was refused; empty: it was not.
    bool journal_healthy = true;
    std::string journal_problem;     // Why it cannot be written, as far as that is known.
    bool set_journal_aside = false;  // A damaged one, when it was started, not long ago.
    bool stopping = false;
    std::string fleet_trouble;  // Why the fleet table gets no rows; empty: it does, or is not used.
    std::vector<cluster_status> clusters = {};  // Empty where there is only one.
    std::vector<watch_status> watches;

    /// Takes what it says as a cluster from `clusters`.
    void sum_up();

    /// All that is wrong now, the gravest first, each in a line. Empty: all is well. What `status`,
    /// the page, /readyz and `explain` say follows from this.
    std::vector<std::string> problems() const;

    std::string to_json() const;
    std::string to_text() const;
    std::string one_line() const;  ///< For STATUS= of sd_notify.

    /// Whether files dropped now are taken in: not while the daemon stops, and not without a
    /// journal. The service's outages do not matter: files are buffered. Nor does a full disk: what
    /// lies on it has to be shipped for there to be space again.
    bool takes_files() const;
};

/// "it is tried again in 12.0s".
std::string next_try(duration wait);

}  // namespace kustodrop::daemon
