#pragma once

#include "base/time.hpp"
#include "daemon/reconciling/journal_sums.hpp"
#include "kusto/dataset.hpp"
#include "kusto/target.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Compares the records that the journal says arrived with the rows of their table. Pure.
namespace kustodrop::daemon {

/// Rows of the table that have the same tags.
struct table_group {
    std::vector<std::string> tags;
    std::uint64_t rows = 0;
    bool is_inside = true;  // Ingested between the first claim and the last outcome.
    bool is_near = true;    // Nearer to that time than to other sources of the watch.
};

/// What rows are recognised by.
enum class recognised_by {
    source,  // The ingest-by tag of each source.
    tags,    // The tags of the watch.
    time,    // When they were ingested: rows of others in that time count too.
};

std::string_view to_string(recognised_by);

/// Where the journal does not say with which tags sources were sent: those of the watch's target
/// now. With a route they are not known from it where they may have captures.
void assume_tags(journal_sum& sum, const kusto::target& of_watch, bool has_route);

recognised_by way_for(const kusto::target& where, const journal_sum& sum);

/// The query for the groups, of up to an hour before and after.
std::string rows_question(const kusto::target& where, const journal_sum& sum);

std::vector<table_group> groups_in(const kusto::dataset& answer);

/// What became of the records.
struct reconciliation {
    std::string target = {};
    recognised_by how = recognised_by::time;
    journal_sum journal = {};
    std::uint64_t rows = 0;
    bool is_certain = true;                // The difference is what is missing or too many.
    std::vector<std::string> absent = {};  // Sources without a row, where that is known.
    std::vector<std::string> notes = {};

    bool is_equal() const;
    std::int64_t difference() const;  // Rows beyond the records.
    /// Rows that may be of sources beside those that are compared; nothing: any number.
    std::optional<std::uint64_t> rows_beside() const;
};

/// `clock_ahead`: by how much the service's clock is ahead of this machine's, where that is known.
reconciliation reconcile(
    const kusto::target& where,
    journal_sum sum,
    const std::vector<table_group>& groups,
    std::optional<duration> clock_ahead
);

}  // namespace kustodrop::daemon
