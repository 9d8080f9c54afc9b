#pragma once

#include <cstdint>
#include <string>

namespace kustodrop::simulation {

/// What has happened in one run or in many.
struct totals {
    std::uint64_t seeds = 0;
    std::uint64_t failed_seeds = 0;
    std::uint64_t repeated = 0;  // Seeds that ran twice, for the same trace.
    std::uint64_t virtual_seconds = 0;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::uint64_t requests = 0;
    std::uint64_t faults = 0;
    std::uint64_t crashes = 0;
    std::uint64_t restarts = 0;
    std::uint64_t posts = 0;
    std::uint64_t rest_posts = 0;      // Of those, by REST.
    std::uint64_t streamed_posts = 0;  // Of those, streamed.
    std::uint64_t ambiguous_posts = 0;
    std::uint64_t posts_for_old_notifications =
        0;                     // Read before a restart, and acted on once more.
    std::uint64_t joined = 0;  // Blobs of several files.
    std::uint64_t duplicates = 0;
    std::uint64_t lost = 0;
    std::uint64_t following_seeds = 0;  // In which logs are followed.
    std::uint64_t log_records = 0;
    std::uint64_t log_rotations = 0;
    std::uint64_t log_bytes = 0;
    std::uint64_t log_bytes_lost = 0;  // Destroyed before they were read, and reported.

    void add(const totals& other);
    std::string summary() const;
};

}  // namespace kustodrop::simulation
