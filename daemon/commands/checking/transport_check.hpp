#pragma once

#include "async/awaitable.hpp"
#include "config/settings.hpp"
#include "daemon/service/connection.hpp"
#include "daemon/terminal/step_printer.hpp"

namespace kustodrop::daemon {

/// Says how files would be posted now. Where that is by REST it asks, of each target, for an
/// operation that there is not: the answer distinguishes a missing right from one that is there.
asio::awaitable<void> check_transport(
    connection& service, const config::settings& settings, step_printer& out
);

}  // namespace kustodrop::daemon
