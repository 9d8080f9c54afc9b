#pragma once

#include "base/time.hpp"

#include <optional>

namespace kustodrop::kusto {

/// How long to wait before an operation is asked again: `first` in the beginning, half as much more
/// after each answer without an end, at most 60 s; never less than what the service wished, which
/// counts for at most an hour (docs/protocol.md §3.4).
duration operation_pause(unsigned asked, std::optional<duration> retry_after, duration first = 5s);

}  // namespace kustodrop::kusto
