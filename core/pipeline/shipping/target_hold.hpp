#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <set>
#include <string>

namespace kustodrop::pipeline {

/// Holds sources whose target is refused, or that have none by the present configuration.
class target_hold {
public:
    target_hold(ready_queue& ready, clock& time, logger& log)
        : ready_(ready), time_(time), log_(log) {}

    /// Whether the source is held now: it comes again by itself.
    bool holds(const spool::source& what, watch& from) {
        if (!from.target_for(what)) {
            wait_for_target(what);
            return true;
        }
        auto& gate = from.gates.of(what.target);
        if (gate.admits(what.id)) return false;
        gate.hold(what.id);
        return true;
    }

private:
    static constexpr duration pause = 10s;

    void wait_for_target(const spool::source& what) {
        if (said_.insert(what.watch).second) {
            log_.warning(
                "a claimed file has no target by the present route and allow: it waits in work/ "
                "until it has one",
                {{"watch", what.watch}, {"source", what.id}, {"file", what.slices.front().name}}
            );
        }
        ready_.push(what.id, time_.now() + pause);
    }

    ready_queue& ready_;
    clock& time_;
    logger& log_;
    std::set<std::string> said_;  // Of these watches.
};

}  // namespace kustodrop::pipeline
