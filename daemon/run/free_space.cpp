#include "daemon/run/free_space.hpp"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace kustodrop::daemon {

// SQLite writes whole pages of its log before a transaction is durable.
static constexpr unsigned long least_bytes = 64 * 1024;

std::optional<std::string> unwritable_because(const struct ::statvfs& facts, bool is_root) {
    if ((facts.f_flag & ST_RDONLY) != 0) return "its file system is read-only; mount it writable";
    auto blocks = is_root ? facts.f_bfree : facts.f_bavail;
    if (blocks * facts.f_frsize < least_bytes) return "its file system is full; free some space";
    auto inodes = is_root ? facts.f_ffree : facts.f_favail;
    // Some file systems have no fixed number of inodes and say 0 of 0.
    if (facts.f_files > 0 && inodes == 0) return "its file system has no inode left; delete files";
    return std::nullopt;
}

std::optional<std::string> unwritable_because(const std::string& directory) {
    struct ::statvfs facts = {};
    if (::statvfs(directory.c_str(), &facts) != 0) return std::strerror(errno);
    return unwritable_because(facts, ::geteuid() == 0);
}

}  // namespace kustodrop::daemon
