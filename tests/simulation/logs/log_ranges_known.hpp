#pragma once

#include "simulation/logs/log_folder.hpp"
#include "simulation/logs/log_ledger.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// A range of a log as the journal has it.
struct known_range {
    std::string source;
    std::size_t place = 0;  // Of the slices of its source.
    std::string log_id;
    std::string name;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    spool::outcome outcome = spool::outcome::unconfirmed;
    std::string code = {};
    std::vector<const log_life*> lives = {};  // Of one of these it is.

    bool is_lost() const { return outcome == spool::outcome::rejected; }
};

/// All ranges of the watch, by the ids of their logs and by offset. What has no outcome is a
/// violation.
std::vector<known_range> read_ranges(
    universe& world, const std::string& journal, const std::string& watch
);

/// Finds out which lives the logs of the ranges are, by the ids that these would get.
void find_lives(
    std::vector<known_range>& ranges,
    log_ledger& book,
    const log_folder& folder,
    const std::string& watch
);

}  // namespace kustodrop::simulation
