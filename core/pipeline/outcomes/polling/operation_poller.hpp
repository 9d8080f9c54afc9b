#pragma once

#include "async/clock.hpp"
#include "base/metrics.hpp"
#include "kusto/rest/rest_client.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/outcomes/expectations.hpp"
#include "pipeline/outcomes/outcome_handler.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/outcomes/polling/operation_troubles.hpp"
#include "pipeline/roster.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// Asks for the outcomes of what was posted by REST: once for all sources of an operation, with
/// growing pauses (docs/protocol.md §3.4). What fails for one operation or one table holds up no
/// other. Which operations there are is in the journal, so that it
/// continues after a restart, whichever transport is chosen by then.
class operation_poller {
public:
    struct parts {
        roster& sources;
        absent_sources& absent;
        const expectations& expected;
        outcome_handler& handler;
        kusto::rest_client* client;  // Null: nothing was posted by REST.
        clock& time;
        metrics& measured;
    };

    operation_poller(parts with, const outcomes_options& options)
        : with_(with), options_(options) {}

    /// The operations of this source are asked for.
    void expect(const spool::source& posted);

    /// Asks for all operations whose turn it is. Whether that brought an outcome.
    asio::awaitable<bool> poll();

    /// When the next one is to be asked for.
    std::optional<time_point> next() const;

    /// Whether nothing more is to be learned of a source that was due by `deadline`.
    bool is_over(const std::string& source_id, time_point deadline) const;

    void set_options(const outcomes_options& options) { options_ = options; }

    /// Why operations cannot be asked for: all of it, and what concerns this source.
    const operation_troubles& troubles() const { return troubles_; }
    std::optional<failure> trouble_of(const spool::source& what) const;

private:
    struct operation {
        spool::rest_post post;
        std::vector<std::string> waiting;       // The sources whose outcome is not known.
        unsigned asked = 0;                     // Answers without an end.
        std::uint64_t ended = 0;                // Blobs, as of the last details that named all.
        std::uint64_t named = 0;                // Blobs whose end the details have brought.
        bool hides_some = false;                // More blobs have ended than the details name.
        std::optional<time_point> answered_at;  // Of the last question that was answered.
        time_point next{};
    };
    using asked = operation_troubles::asked;
    using operations = std::unordered_map<std::string, operation>;  // By path.

    void add(const spool::source& posted, time_point first_look);
    void look_at_parked();
    const spool::source* find(const std::string& id) const;
    bool awaits(const std::string& source_id) const;
    duration pause_of(const operation& one) const;
    void plan(const std::string& path, operation& one, time_point at);
    asio::awaitable<bool> ask(std::string path);
    asio::awaitable<std::optional<std::string>> fetch(asked what, bool details);
    bool apply(operation& one, const asked& what, const std::string& details);
    static void note_ended(operation& one, std::uint64_t ended);
    void note_failure(const asked& what, failure why, unsigned status = 200);
    bool drop_unwanted(const std::string& path);
    bool wait_for_table(const std::string& path);
    void put_off(const std::string& path, time_point asked_at);
    void forget_tables();
    duration first_pause() const;

    parts with_;
    outcomes_options options_;
    operations operations_;
    std::set<std::pair<time_point, std::string>> turns_;  // The same by time.
    std::optional<time_point> parked_seen_at_;
    operation_troubles troubles_;
    bool failed_ = false;  // The question of this moment.
};

}  // namespace kustodrop::pipeline
