#include "spool/folder/writers.hpp"

#include "spool/folder/medium.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>

namespace kustodrop::spool {

writer_state probe_writers(int file) {
    // A writer that comes while the lease is held raises a signal: SIGIO, which ends a process,
    // unless another one is named.
    if (::fcntl(file, F_SETSIG, SIGURG) != 0) return writer_state::unknown;
    if (::fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file, F_SETLEASE, F_UNLCK);
        auto where = medium_of_folder(file);
        return where && where->is_local() ? writer_state::none : writer_state::unknown;
    }
    return errno == EAGAIN ? writer_state::some : writer_state::unknown;
}

}  // namespace kustodrop::spool
