#pragma once

#include "daemon/service/connection.hpp"
#include "daemon/terminal/step_printer.hpp"
#include "kusto/streaming/streaming_answer.hpp"
#include "pipeline/watch/watch_options.hpp"

#include <optional>
#include <vector>

namespace kustodrop::daemon {

/// Why a watch cannot stream, as the answer to a request without any rows shows; nothing: it can.
/// Pure.
std::optional<failure> streaming_problem(const kusto::streaming_reply& answered);

/// Asks for each watch that streams whether it could. Nothing is ingested.
asio::awaitable<void> check_streaming(
    connection& service, const std::vector<pipeline::watch_options>& watches, step_printer& out
);

}  // namespace kustodrop::daemon
