#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "pipeline/cluster_names.hpp"
#include "pipeline/failover/failover_state.hpp"
#include "pipeline/failover/failovers.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What the keeper of failovers works with; all of it outlives it.
struct failover_parts {
    const cluster_names& names;
    watch_table& watches;
    ready_queue& ready;
    clock& time;
    logger& log;
    metrics& measured;
};

/// Decides which cluster a source goes to where its watch has `failover`, reports when that begins
/// and ends, and has what waits in line take the new way at once.
class failover_keeper {
public:
    explicit failover_keeper(const failover_parts& parts) : with_(parts) {}

    /// Once a second: how each cluster looks.
    void note(const std::vector<cluster_look>& seen);

    /// The cluster that a source goes to now, or that has it.
    std::size_t cluster_of(const spool::source& what) const;

    /// The same for one that is due: it may be the one that shows whether its own cluster works.
    std::size_t cluster_of_due(const spool::source& what);

    /// True: a request shows now whether the cluster works, for no source does.
    bool begins_probe(std::size_t cluster);

    /// That request succeeded: what ships elsewhere returns.
    void seems_well(std::size_t cluster) { states_.seems_well(cluster); }

    /// A source of the watch went the whole way to a cluster.
    void worked(const std::string& watch, std::size_t cluster);

    /// Why a cluster does not work, where a watch ships elsewhere for that.
    std::optional<failure> reason_to_leave(std::size_t cluster) const;

    /// Nothing where the watch has no `failover`.
    std::optional<failover_state> state_of(const std::string& watch) const;

private:
    struct absence {
        std::size_t home = 0;
        std::size_t to = 0;
        wall_time since{};
    };
    std::optional<std::size_t> elsewhere(const watch* from) const;
    void begin(const std::string& watch, std::size_t home, std::size_t to);
    void end(const std::string& watch, const absence& ended);

    failover_parts with_;
    failovers states_;
    std::map<std::string, absence> away_;  // By watch.
};

}  // namespace kustodrop::pipeline
