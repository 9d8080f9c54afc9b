#include "daemon/run/noted_pause.hpp"

#include "base/text.hpp"
#include "daemon/terminal/causes.hpp"
#include "pipeline/targets/remedies.hpp"
#include "pipeline/targets/target_route.hpp"

#include <string>
#include <utility>

namespace kustodrop::daemon {

// What is said of one target of many names it.
void note_pause(const pipeline::target_gates& gates, watch_status& out) {
    auto paused = gates.paused();
    // What was refused is not there any more: the next file shows whether it would be.
    bool is_idle = out.counts.pending_files == 0 && out.waiting_in_folder == 0;
    if (paused.empty() || (is_idle && gates.held() == 0)) return;
    auto& gate = *gates.find(paused.front());
    out.paused = with_code(gate.code(), pipeline::with_remedy(gate.code(), gate.details()));
    if (!pipeline::is_destination(paused.front())) return;
    for (auto& one : paused) out.paused_targets.push_back(pipeline::shown_target(one));
    out.paused = out.paused_targets.front() + ": " + out.paused;
    if (paused.size() == 1) return;
    auto others = "and " + std::to_string(paused.size() - 1) + " more of its targets";
    out.paused = and_also(std::move(out.paused), others);
}

}  // namespace kustodrop::daemon
