#pragma once

#include "base/time.hpp"
#include "spool/folder/writers.hpp"

#include <cstddef>
#include <optional>

namespace kustodrop::pipeline {

inline constexpr std::size_t most_open_files = 10'000;  // Of a watch, that are looked at again.

/// After how long a file that was shipped is looked at again, after so many looks that have not
/// found it grown: each waits for twice as long as the one before. Nothing: not any more. A file
/// that a writer has open is looked at once a minute for as long as that lasts. Where the kernel
/// cannot say it, as on file servers and FUSE, at least once an hour for about a day, but after
/// some looks only while there is room for others among the `waiting`. Pure.
std::optional<duration> next_late_look(
    spool::writer_state writers, unsigned looks, duration stable_for, std::size_t waiting
);

}  // namespace kustodrop::pipeline
