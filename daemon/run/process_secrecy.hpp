#pragma once

namespace kustodrop::daemon {

/// Keeps the memory of this process private: it leaves no core dump, and no process without
/// CAP_SYS_PTRACE may attach to it or read its /proc files. A command that touches secrets calls
/// this first.
void keep_memory_private();

}  // namespace kustodrop::daemon
