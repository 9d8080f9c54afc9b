#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <vector>

namespace kustodrop {

/// Runs tasks that end together: when one ends, or this is cancelled, all the others are cancelled,
/// and this returns when the last has ended. Throws what the first to end threw, or the
/// cancellation.
asio::awaitable<void> run_together(
    asio::any_io_executor executor, std::vector<asio::awaitable<void>> tasks
);

}  // namespace kustodrop
