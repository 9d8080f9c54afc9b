#pragma once

#include "base/time.hpp"
#include "config/settings.hpp"
#include "daemon/admin/status_report.hpp"
#include "spool/journal/journal_records.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// The rows of the fleet table, each an object of JSON in one line. Pure.
namespace kustodrop::daemon {

/// The name of the mapping that every row is ingested with.
inline constexpr auto fleet_mapping = "KustodropFleet";

/// What a heartbeat says beside the status.
struct heartbeat_facts {
    std::string configuration;   // configuration_hash().
    duration interval{};         // Until the next one is due.
    std::uint64_t left_out = 0;  // Rows about sources that were too many.
};

/// How the daemon is. Counts are since its start.
std::string heartbeat_row(const status_report& now, const heartbeat_facts& facts);

/// Who is meant in the fleet table: HOST, and HOST/NAME of the instance whose state lies in
/// /var/lib/kustodrop/NAME (kustodrop@NAME.service), for an instance must not hide another.
std::string fleet_host_name(const std::string& host, const std::string& state_directory);

/// Sixteen hexadecimal digits that are the same on all hosts where every key has the same value.
/// Secrets have no part in it.
std::string configuration_hash(const config::settings& settings);

/// Which outcomes are reported: those after the one time, up to the other.
struct outcome_span {
    wall_time after{};
    wall_time until{};
};

/// Rows about files.
struct file_rows {
    std::vector<std::string> rows;  // The oldest first.
    std::uint64_t left_out = 0;
};

/// A row for each file of the sources whose outcome is in the span; of more than `most`, the
/// latest.
file_rows rows_of_sources(
    const std::string& host,
    const std::vector<spool::journal_row>& found,
    const outcome_span& span,
    std::size_t most
);

/// The outcomes that have rows.
std::vector<spool::outcome> reported_outcomes(config::fleet_sources which);

}  // namespace kustodrop::daemon
