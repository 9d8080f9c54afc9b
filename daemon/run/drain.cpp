#include "daemon/run/drain.hpp"

#include <algorithm>

namespace kustodrop::daemon {

// How often the end is looked for: a second request must not wait.
static constexpr duration look_again = 100ms;

// The folder may be deleted with its pod, and these files with it.
static void report_unshipped(logger& log, const pipeline::unshipped_files& left) {
    if (left.claimed == 0 && left.in_folders == 0) return;
    log.warning(
        "not everything could be shipped in time",
        {{"claimed_files", std::to_string(left.claimed)},
         {"waiting_in_folders", std::to_string(left.in_folders)},
         {"files", left.names}}
    );
}

asio::awaitable<void> drain(
    surroundings around,
    pipeline::engine& shipping,
    config::drain_settings settings,
    stop_requests& stops
) {
    bool whole_folders = settings.scope == config::drain_scope::folder;
    around.log.info(
        whole_folders ? "stopping: what lies in the folders is shipped first"
                      : "stopping: no more is claimed, requests in hand are finished"
    );
    shipping.stop_intake(whole_folders);
    auto deadline = around.time.now() + settings.timeout;
    bool ended = false;
    while (!ended && !stops.more_than_one() && around.time.now() < deadline) {
        auto next_look = std::min(deadline, around.time.now() + look_again);
        ended = co_await shipping.join_shipping(next_look);
    }
    shipping.close();
    if (whole_folders) report_unshipped(around.log, shipping.unshipped());
}

}  // namespace kustodrop::daemon
