#pragma once

namespace kustodrop::spool {

/// Whether a process has a file open for writing, as far as the kernel knows.
enum class writer_state { none, some, unknown };

/// Probes with a read lease (fcntl(2), F_SETLEASE), which the kernel grants only while no process
/// has the file open for writing; it is given back at once. `file` is open for reading only.
/// Unknown where leases do not exist, are not ours to take, or do not say what other machines do:
/// on network file systems and FUSE, and for files of other users without CAP_LEASE.
writer_state probe_writers(int file);

}  // namespace kustodrop::spool
