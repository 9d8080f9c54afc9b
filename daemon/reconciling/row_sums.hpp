#pragma once

#include "base/time.hpp"
#include "kusto/dataset.hpp"
#include "kusto/target.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Compares the records that the journal says arrived with the rows of their table. Pure.
namespace kustodrop::daemon {

/// What the journal says about the sources of a watch that arrived in one table.
struct journal_sum {
    std::map<std::string, std::optional<std::uint64_t>> sources = {};  // By id; nothing: unknown.
    std::size_t without_tags = 0;  // Streamed: such rows have no tags.
    wall_time first_claimed{};
    wall_time last_changed{};

    std::uint64_t records() const;
    std::size_t unknown() const;
};

/// Adds up what `kustodrop journal --json` says (docs/json.md), by target. Entries of one source
/// count once.
std::map<std::string, journal_sum> sums_of_journal(std::string_view json);

/// Rows of the table that have the same tags.
struct table_group {
    std::vector<std::string> tags;
    std::uint64_t rows = 0;
};

/// What rows are recognised by.
enum class recognised_by {
    source,  // The ingest-by tag of each source.
    tags,    // The tags of the watch.
    time,    // When they were ingested: rows of others in that time count too.
};

std::string_view to_string(recognised_by);

recognised_by way_for(const kusto::target& where, const journal_sum& sum);

/// The query for the groups.
std::string rows_question(const kusto::target& where, const journal_sum& sum, recognised_by how);

std::vector<table_group> groups_in(const kusto::dataset& answer);

/// What became of the records.
struct reconciliation {
    std::string target = {};
    recognised_by how = recognised_by::time;
    journal_sum journal = {};
    std::uint64_t rows = 0;
    std::vector<std::string> absent = {};  // Sources without a row, where that is known.
    std::vector<std::string> notes = {};

    bool is_equal() const;
    std::int64_t difference() const;  // Rows beyond the records.
};

reconciliation reconcile(
    const kusto::target& where,
    journal_sum sum,
    recognised_by how,
    const std::vector<table_group>& groups
);

std::string reconciliation_text(const reconciliation& found);

/// An array (docs/json.md, reconcile).
std::string reconciliation_json(const std::vector<reconciliation>& found);

}  // namespace kustodrop::daemon
