#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// How much is held open of deleted logs.
struct hold_limits {
    std::size_t max_files = 4096;         // Open at a time, those that still have names included.
    std::uint64_t max_bytes = 1u << 30u;  // On the disk.
    duration max_time = std::chrono::hours(1);
    double min_free_percent = 0;  // Of the file system of the logs; 0: no matter.
};

/// A deleted file that is held open.
struct held_file {
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;  // On the disk, until it is closed.
    bool unread = false;
    time_point since{};  // When it was first seen without a name.
};

/// A held file that is let go of, and the configuration key that asks for it.
struct released {
    std::uint64_t inode = 0;
    std::string because;
    bool unread = false;
};

/// Whether what was not read of it may be written elsewhere before: not where a disk is full. Pure.
bool may_be_spilled(const released& one);

/// Those that were held for too long, then as many as it takes for the others to keep within the
/// limits: what is read to its end first, then the oldest. `scarce_bytes`: how many have to become
/// free on the disk. Pure.
std::vector<released> beyond_limits(
    std::vector<held_file> held,
    const hold_limits& limits,
    std::uint64_t scarce_bytes,
    time_point now
);

/// How many bytes have to become free for `min_free_percent` of the folder's file system. Blocking.
std::uint64_t scarce_bytes(int folder, double min_free_percent);

}  // namespace kustodrop::spool
