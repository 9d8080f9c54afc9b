#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/targets/remedies.hpp"
#include "pipeline/targets/target_route.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <set>
#include <string>

namespace kustodrop::pipeline {

/// Holds sources whose target is refused, or that have none by the present configuration.
class target_hold {
public:
    target_hold(ready_queue& ready, watch_table& watches, clock& time, logger& log)
        : ready_(ready), watches_(watches), time_(time), log_(log) {}

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

    /// The service has refused to take the source in because of its target: the watch is paused,
    /// and the source is held when it comes here again.
    void refused(const spool::source& what, const failure& why) {
        auto* from = watches_.find(what.watch);
        if (!from) return;
        auto& gate = from->gates.of(what.target);
        bool was_paused = gate.is_paused();
        auto code = why.code.text();
        auto details = why.message();
        gate.refused({what.id, code, details, what.slices.size(), true}, time_.now());
        if (was_paused) return;
        log_.error(
            "the service does not take files for a target: they wait, and one is tried now and "
            "then",
            {{"watch", what.watch},
             {"target", shown_target(what.target)},
             {"code", code},
             {"details", with_remedy(code, details)},
             {"request_id", why.request_id}}
        );
    }

    /// The service has taken the source in.
    void posted(const spool::source& what) {
        auto* from = watches_.find(what.watch);
        if (from) from->gates.of(what.target).posted(what.id);
    }

private:
    static constexpr duration pause = 10s;

    void wait_for_target(const spool::source& what) {
        if (said_.insert(what.watch).second) {
            log_.warning(
                "a claimed file has no target by the present route and allow: it waits in work/ "
                "until it has one; let allow or route name its target, and reload",
                {{"watch", what.watch}, {"source", what.id}, {"file", what.slices.front().name}}
            );
        }
        ready_.push(what.id, time_.now() + pause);
    }

    ready_queue& ready_;
    watch_table& watches_;
    clock& time_;
    logger& log_;
    std::set<std::string> said_;  // Of these watches.
};

}  // namespace kustodrop::pipeline
