#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// How a cluster looks from here at one moment.
struct cluster_look {
    std::optional<failure> trouble;  // Why nothing gets through to it.
    bool can_send = true;            // The service has given all that a request needs.
    bool is_clear = true;            // Nothing failed since the last success.
};

/// Which clusters do not work, for how long, and when they are tried again. Pure.
///
/// An outage begins when a cluster is seen in trouble. It ends when a source went the whole way, or
/// when there is neither trouble nor a failure since the last success: that nothing was tried for a
/// while does not end it. Once in a while one source shows whether the cluster works again, so that
/// an outage never keeps more than that one waiting. Where no source is due, a request that is made
/// for it shows that. Such a request proves less than a source: a cluster that answered it and then
/// fails again is left at once.
class failovers {
public:
    /// Once a second. Clusters are counted from 0, in the order of the engine.
    void note(std::size_t cluster, cluster_look seen, time_point now);

    /// A source went the whole way to the cluster.
    void worked(std::size_t cluster);

    /// Whether what a watch has not posted goes to cluster `to` and not to `home`. Never to one
    /// that is in trouble itself.
    bool is_away(std::size_t home, std::size_t to, duration after, time_point now) const;

    /// Why the cluster does not work; nothing: it does, or it is not known.
    std::optional<failure> reason(std::size_t cluster) const;

    /// A source that goes elsewhere is due. True: this one tries the cluster first.
    bool begins_trial(std::size_t cluster, const std::string& source_id, time_point now);

    /// Whether this source tries the cluster now. It has longer to be posted when it `is_uploaded`
    /// there.
    bool is_trial(
        std::size_t cluster, const std::string& source_id, bool is_uploaded, time_point now
    ) const;

    /// Whether the time of a source to try its cluster has ended since the last call.
    bool takes_ended_trial(time_point now);

    /// True: no source has tried the cluster although it was time to, so that a request is made for
    /// that now.
    bool begins_probe(std::size_t cluster, time_point now);

    /// That request succeeded.
    void seems_well(std::size_t cluster);

    /// When the cluster was last tried in its outage, by a source or a request; nothing: not yet,
    /// or there is none.
    std::optional<time_point> tried_at(std::size_t cluster) const;

private:
    struct outage {
        std::optional<time_point> since = {};
        std::optional<time_point> presumed_over = {};  // Since when it was: it only seems well.
        std::optional<time_point> tried_at = {};
        failure why = {};
        bool in_trouble = false;  // When it was last looked at.
        bool can_send = true;
        time_point next_trial{};
        time_point trial_ends{};
        std::string trial = {};  // The source; empty: there is none.
        bool is_trying = false;  // Its time has not ended.
    };
    const outage* find(std::size_t cluster) const;

    std::vector<outage> all_;  // By cluster.
};

}  // namespace kustodrop::pipeline
