#pragma once

#include "async/awaitable.hpp"
#include "config/settings.hpp"
#include "daemon/service/connection.hpp"
#include "daemon/terminal/step_printer.hpp"

namespace kustodrop::daemon {

/// Asks where no documentation says what a cluster answers (docs/protocol.md §11.1) and prints
/// that: in one line, with `--verbose` in one for each. Ingests nothing; no answer is a failure.
asio::awaitable<void> show_service_facts(
    connection& service, const config::settings& settings, step_printer& out
);

}  // namespace kustodrop::daemon
