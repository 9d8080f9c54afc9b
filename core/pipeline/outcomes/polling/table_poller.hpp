#pragma once

#include "async/clock.hpp"
#include "azure/storage/table.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "kusto/notifications.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/outcomes/expectations.hpp"
#include "pipeline/outcomes/outcome_handler.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/outcomes/polling/polling_schedule.hpp"
#include "pipeline/roster.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// Reads what the service reports in the status table: one row for each post
/// (docs/protocol.md §8.3), which no other client touches. A young source is read often, an old
/// one seldom; what is past its deadline at every chance.
class table_poller {
public:
    struct parts {
        roster& sources;
        absent_sources& absent;
        const expectations& expected;
        outcome_handler& handler;
        storage_router& router;
        azure::table_client& tables;
        clock& time;
        random_generator& random;
        metrics& measured;
    };

    table_poller(parts with, outcomes_options options);

    /// Reads the rows of all sources whose turn it is. Whether it brought an outcome.
    asio::awaitable<bool> poll();

    /// Whether the wait for what was due by `deadline` is over.
    bool is_over(time_point deadline) const;

    void set_options(const outcomes_options& options);

    /// Why the last pass could not read the table.
    std::optional<failure> trouble() const;

private:
    std::vector<std::string> due();
    duration pause_for(time_point posted_at) const;
    asio::awaitable<bool> read_rows(
        std::string source_id, std::vector<azure::storage_place> tables
    );
    asio::awaitable<result<std::optional<kusto::notification>>> read_row(
        azure::storage_place table, azure::row_key key
    );

    parts with_;
    outcomes_options options_;
    polling_schedule schedule_;
    std::unordered_map<std::string, time_point> next_reads_;  // By source id.
    bool blind_ = true;                                       // The last pass could not look.
    std::optional<failure> trouble_;
    unsigned unread_ = 0;  // Sources of which the last pass could not read every table.
};

}  // namespace kustodrop::pipeline
