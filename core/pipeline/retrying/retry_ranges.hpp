#pragma once

#include "pipeline/retrying/retry_request.hpp"
#include "spool/journal/journal_records.hpp"

#include <vector>

namespace kustodrop::pipeline {

/// Sends ranges of followed logs again, of sources of one watch that failed: from the copy in
/// quarantine, which may have been corrected, or else from the log while it has the bytes. Those of
/// one source stay together, under a new id. What was lost unread cannot be sent.
boost::asio::awaitable<void> retry_ranges(
    retry_parts with,
    watch& from,
    retry_request wanted,
    std::vector<spool::journal_row> rows,
    retry_report& out
);

}  // namespace kustodrop::pipeline
