#pragma once

#include "base/backoff.hpp"
#include "base/time.hpp"
#include "kusto/reporting.hpp"
#include "spool/reading/gzip.hpp"

#include <cstdint>
#include <string>

namespace kustodrop::pipeline {

struct shipper_options {
    std::uint64_t block_bytes = 4u << 20u;
    spool::compression how = spool::compression::fast;
    // The service takes no more in one source (docs/protocol.md §10.1).
    std::uint64_t max_raw_bytes = 6ull << 30u;
    kusto::reporting reports = {};
    std::string client_version = {};
    backoff_options backoff = {1s, 5min};
    duration repost_after = 30s;  // After a post whose answer was lost; up to twice as long.
    // Of watches that stream: larger sources are queued, and so many are sent at a time. The limits
    // of a cluster are shared by all its clients (docs/protocol.md §3.5).
    std::uint64_t streaming_bytes = 4u << 20u;
    std::uint64_t streaming_concurrency = 2;
    std::uint64_t compression_threads = 0;  // 0: one for each processor.
    unsigned crash_limit = 5;               // Deaths of the process in a row with a source in hand.
    unsigned crash_suspicion = 2;           // From so many on it is tried alone.
    unsigned block_attempts = 3;            // Of one block, before the whole upload starts again.

    /// How many may compress at a time, for all sources together.
    unsigned threads() const;
    friend bool operator==(const shipper_options&, const shipper_options&) = default;
};

}  // namespace kustodrop::pipeline
