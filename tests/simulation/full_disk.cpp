#include "simulation/full_disk.hpp"

#include <cerrno>
#include <sqlite3.h>
#include <unistd.h>

namespace kustodrop::simulation {

static bool is_full = false;

static ssize_t write_or_not(int file, const void* bytes, size_t count) {
    if (!is_full) return ::write(file, bytes, count);
    errno = ENOSPC;
    return -1;
}

static ssize_t pwrite_or_not(int file, const void* bytes, size_t count, off_t at) {
    if (!is_full) return ::pwrite(file, bytes, count, at);
    errno = ENOSPC;
    return -1;
}

void set_disk_full(bool full) {
    is_full = full;
    auto* disk = sqlite3_vfs_find(nullptr);
    auto replace = [&](const char* name, auto* by) {
        disk->xSetSystemCall(disk, name, reinterpret_cast<sqlite3_syscall_ptr>(by));
    };
    replace("write", write_or_not);
    replace("pwrite", pwrite_or_not);
    replace("pwrite64", pwrite_or_not);
}

}  // namespace kustodrop::simulation
