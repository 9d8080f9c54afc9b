#include "daemon/run/process_secrecy.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace kustodrop::daemon {

void keep_memory_private() {
    // Neither call can fail: a process may always lower its own rights.
    ::rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace kustodrop::daemon
