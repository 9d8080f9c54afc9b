#pragma once

#include "base/time.hpp"
#include "kusto/dataset.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// A host as its latest heartbeat describes it.
struct fleet_host {
    std::string host;
    std::string state;  // "healthy", "trouble", "silent": none came for too long.
    std::string seen;   // When it was sent.
    duration age{};     // How long ago that is.
    std::string reason;
    std::string version;
    std::string configuration;
    std::string backlog, oldest_age_seconds, quarantined;  // Numbers, or empty.
    std::string succeeded, failed, rejected, unconfirmed, left_out;
};

/// The answer to fleet_question(), by host. Pure.
std::vector<fleet_host> fleet_hosts(const kusto::dataset_table& answer, wall_time now);

/// A line for each host and one that counts them; and an array of objects.
std::string fleet_text(const std::vector<fleet_host>& hosts);
std::string fleet_json(const std::vector<fleet_host>& hosts);

}  // namespace kustodrop::daemon
