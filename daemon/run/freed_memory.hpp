#pragma once

namespace kustodrop::daemon {

/// What the allocator does with memory that is freed. By itself glibc has an arena for each thread
/// and keeps the room of every large block that was freed once, so that reading a large backlog
/// leaves holes of as much as is in use. Nothing happens with another C library. Call it before the
/// first thread is started.
void return_freed_memory();

/// From now on what a large block leaves is kept, because uploads need blocks all the time and each
/// one that comes from the system costs about a thousand page faults.
void keep_freed_blocks();

}  // namespace kustodrop::daemon
