#pragma once

namespace kustodrop::daemon {

/// Keeps what this process holds in memory to itself: no core is written of it, and nobody without
/// CAP_SYS_PTRACE may attach to it or read its /proc files. The first thing a command does that
/// touches secrets.
void keep_memory_private();

}  // namespace kustodrop::daemon
