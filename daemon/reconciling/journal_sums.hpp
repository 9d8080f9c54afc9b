#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Adds up the records that the journal says arrived. Pure.
namespace kustodrop::daemon {

/// Sources of the same table that are not compared, but were in hand at the same time: their rows
/// cannot be distinguished by the time.
struct neighbours {
    std::size_t sources = 0;
    std::uint64_t records = 0;  // Those that are known.
    std::size_t unknown = 0;    // Sources whose records are not known.
};

/// What the journal says about the sources of a watch that arrived in one table.
struct journal_sum {
    std::string cluster = {};   // Empty: the only one.
    std::string target = {};    // "Database.Table".
    std::string database = {};  // As a route has decided; empty: there was none.
    std::string table = {};     // The same.
    std::map<std::string, std::optional<std::uint64_t>> sources = {};  // By id; nothing: unknown.
    std::size_t without_tags = 0;                  // Streamed: such rows have no tags.
    std::set<std::vector<std::string>> tags = {};  // That they were sent with.
    bool are_tags_recorded = true;                 // They are the journal's, for each source.
    wall_time first_claimed{};
    wall_time last_changed{};
    neighbours beside = {};
    std::optional<wall_time> ended_before = {};  // When the last source before them had ended.
    std::optional<wall_time> begun_after = {};   // When the first one after them was claimed.

    std::uint64_t records() const;
    std::size_t unknown() const;
};

/// Adds up what `kustodrop journal --json` says (docs/json.md), by cluster and table. Entries of
/// one source count once. What was posted before `clusters` were configured is of `present`.
std::vector<journal_sum> sums_of_journal(std::string_view json, const std::string& present);

/// Learns of the other sources in the same JSON, of any outcome or none, what they mean for these.
void add_neighbours(
    std::vector<journal_sum>& sums, std::string_view json, const std::string& present
);

}  // namespace kustodrop::daemon
