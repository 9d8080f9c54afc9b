#pragma once

#include "config/settings.hpp"
#include "daemon/run/stop_requests.hpp"
#include "daemon/service/connection.hpp"
#include "pipeline/engine.hpp"

namespace kustodrop::daemon {

/// The end of a daemon after the first request to stop (README, "Stopping"): requests in hand are
/// finished, with `drain.scope: folder` what lies in the folders is shipped first. It lasts until
/// that is done, `drain.timeout` has passed or a second request comes.
asio::awaitable<void> drain(
    surroundings around,
    pipeline::engine& shipping,
    config::drain_settings settings,
    stop_requests& stops
);

}  // namespace kustodrop::daemon
