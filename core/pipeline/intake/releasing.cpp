#include "pipeline/intake/releasing.hpp"

#include <string>
#include <utility>

namespace kustodrop::pipeline {

void release_held(watch& from, const intake_parts& with) {
    auto now = with.time.now();
    auto ids = from.gate.release(now);
    if (ids.empty()) return;
    if (!from.gate.is_paused()) {
        with.log.info(
            "the watch is not paused any more; what was held is sent",
            {{"watch", from.options.name}, {"sources", std::to_string(ids.size())}}
        );
    }
    for (auto& id : ids) with.ready.push(std::move(id), now);
}

}  // namespace kustodrop::pipeline
