#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace kustodrop::emulator {

/// What the ingestor has done since it began.
struct ingest_stats {
    std::uint64_t received = 0;     // Messages taken, each counted once.
    std::uint64_t redelivered = 0;  // Taken again while in hand or after they were recorded.
    std::uint64_t corrupted = 0;    // No outcome could be reported.
    std::uint64_t batches = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;
    std::uint64_t put_off = 0;  // Left in the queue after a transient failure.
    std::uint64_t duplicates_in_batch = 0;
    std::uint64_t rows = 0;
    std::uint64_t raw_bytes = 0;
    std::uint64_t dropped_records = 0;
    std::uint64_t raw_size_mismatches = 0;
    std::uint64_t raw_size_missing = 0;
    std::uint64_t notifications = 0;
    std::uint64_t in_hand = 0;                    // Now.
    std::map<std::string, std::uint64_t> errors;  // By code.
};

}  // namespace kustodrop::emulator
