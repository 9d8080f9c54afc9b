#include "pipeline/intake/releasing.hpp"

#include <string>
#include <utility>

namespace kustodrop::pipeline {

void release_held(watch& from, const intake_parts& with) {
    auto now = with.time.now();
    auto ids = from.gates.release(now);
    if (ids.empty()) return;
    if (!from.gates.is_paused()) {
        with.log.info(
            "the watch is not paused any more; what was held is sent",
            {{"watch", from.options.name}, {"sources", std::to_string(ids.size())}}
        );
    }
    for (auto& id : ids) with.ready.push(std::move(id), now);
}

void reopen_gates(watch& from, const intake_parts& with) {
    from.gates.reopen();
    if (!from.routes.are_by_path()) return;
    auto now = with.time.now();
    for (auto& id : from.gates.release(now)) {
        auto* what = with.sources.find(id);
        if (!what) continue;
        auto wanted = from.recorded_target(*what);
        if (what->ambiguous_posts == 0 && !wanted.empty() && wanted != what->target) {
            what->target = std::move(wanted);
            with.sources.note(*what);
        }
        with.ready.push(std::move(id), now);
    }
}

void leave_target(watch& from, wall_time now) {
    if (from.options.route) {
        from.former_targets.note_change(now);
    } else {
        from.former_targets.replace(from.options.target, now);
    }
}

}  // namespace kustodrop::pipeline
