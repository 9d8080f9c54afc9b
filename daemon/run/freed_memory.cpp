#include "daemon/run/freed_memory.hpp"

#include <malloc.h>

namespace kustodrop::daemon {

#ifdef __GLIBC__

static void set_large(int bytes) {
    ::mallopt(M_MMAP_THRESHOLD, bytes);
    ::mallopt(M_TRIM_THRESHOLD, 2 * bytes);
}

void return_freed_memory() {
    ::mallopt(M_ARENA_MAX, 1);
    set_large(128 << 10);
}

void keep_freed_blocks() { set_large(16 << 20); }

#else

void return_freed_memory() {}
void keep_freed_blocks() {}

#endif

}  // namespace kustodrop::daemon
