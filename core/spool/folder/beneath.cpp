#include "spool/folder/beneath.hpp"

#include "base/text.hpp"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace kustodrop::spool {

static bool is_plain_part(std::string_view part) {
    return !part.empty() && part != "." && part != "..";
}

bool is_plain_name(std::string_view name) {
    if (name.find('\0') != std::string_view::npos) return false;
    for (;;) {
        auto slash = name.find('/');
        if (!is_plain_part(name.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        name.remove_prefix(slash + 1);
    }
}

static int open_with_openat2(int root, const std::string& name, int flags) {
    struct open_how how = {};
    how.flags = static_cast<unsigned>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (int round = 0;; ++round) {
        auto number = ::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how);
        // The kernel gives up when a rename races with the walk.
        if (number >= 0 || errno != EAGAIN || round == 8) return static_cast<int>(number);
    }
}

// For kernels and container profiles without openat2: one component after the other.
static int open_step_by_step(int root, const std::string& name, int flags) {
    descriptor at(::openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto parts = split(name, '/');
    for (std::size_t i = 0; at.is_open() && i + 1 < parts.size(); ++i) {
        std::string part(parts[i]);
        int walk = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        at = descriptor(::openat(at.get(), part.c_str(), walk));
    }
    if (!at.is_open()) return -1;
    return ::openat(at.get(), std::string(parts.back()).c_str(), flags);
}

static descriptor open_at_once(int root, const std::string& name, int flags) {
    flags |= O_CLOEXEC | O_NOFOLLOW;
    auto number = open_with_openat2(root, name, flags);
    if (number < 0 && (errno == ENOSYS || errno == EPERM)) {
        number = open_step_by_step(root, name, flags);
    }
    return descriptor(number);
}

descriptor open_beneath(int root, const std::string& name, int flags) {
    // PATH_MAX, which counts the byte 0 at the end.
    static constexpr std::size_t longest_path_bytes = 4095;
    if (name != "." && !is_plain_name(name)) {
        errno = EXDEV;
        return {};
    }
    if (name.size() <= longest_path_bytes) return open_at_once(root, name, flags);
    descriptor at;
    std::string_view rest = name;
    while (rest.size() > longest_path_bytes) {
        auto slash = rest.rfind('/', longest_path_bytes);
        if (slash == std::string_view::npos) {
            errno = ENAMETOOLONG;
            return {};
        }
        auto from = at.is_open() ? at.get() : root;
        at = open_at_once(from, std::string(rest.substr(0, slash)), O_PATH | O_DIRECTORY);
        if (!at.is_open()) return {};
        rest.remove_prefix(slash + 1);
    }
    return open_at_once(at.get(), std::string(rest), flags);
}

split_name split_folder(std::string_view name) {
    auto slash = name.rfind('/');
    if (slash == std::string_view::npos) return {".", std::string(name)};
    return {std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))};
}

descriptor make_folders(int root, const std::string& name) {
    auto open = [](int at, const std::string& part) {
        return open_beneath(at, part, O_RDONLY | O_DIRECTORY);
    };
    auto whole = open(root, name);
    if (whole.is_open() || errno != ENOENT) return whole;
    auto at = open(root, ".");
    for (auto part : split(name, '/')) {
        if (!at.is_open()) break;
        std::string base(part);
        // Group members may look and help; others have no business here.
        if (::mkdirat(at.get(), base.c_str(), 0750) != 0 && errno != EEXIST) return {};
        at = open(at.get(), base);
    }
    return at;
}

static std::int64_t nanoseconds(std::int64_t seconds, std::int64_t rest) {
    // The years a file system may claim exceed what fits; wrapping keeps them distinct.
    auto product = static_cast<std::uint64_t>(seconds) * 1'000'000'000u;
    return static_cast<std::int64_t>(product + static_cast<std::uint64_t>(rest));
}

file_identity identity_of(const struct ::stat& facts) {
    return {
        facts.st_dev,
        facts.st_ino,
        static_cast<std::uint64_t>(facts.st_size),
        nanoseconds(facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec),
        nanoseconds(facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec),
        0};
}

file_identity identity_of(const struct ::statx& facts) {
    bool born = (facts.stx_mask & STATX_BTIME) != 0;
    return {
        makedev(facts.stx_dev_major, facts.stx_dev_minor),
        facts.stx_ino,
        facts.stx_size,
        nanoseconds(facts.stx_mtime.tv_sec, facts.stx_mtime.tv_nsec),
        nanoseconds(facts.stx_ctime.tv_sec, facts.stx_ctime.tv_nsec),
        born ? nanoseconds(facts.stx_btime.tv_sec, facts.stx_btime.tv_nsec) : 0};
}

static file_kind kind_of(unsigned mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return file_kind::regular;
    case S_IFDIR:
        return file_kind::folder;
    case S_IFLNK:
        return file_kind::symlink;
    case S_IFIFO:
        return file_kind::fifo;
    case S_IFSOCK:
        return file_kind::socket;
    case S_IFBLK:
    case S_IFCHR:
        return file_kind::device;
    default:
        return file_kind::unknown;
    }
}

// The older call, which knows no time of birth.
static bool ask_without_statx(int folder, const char* base, int flags, struct ::statx& facts) {
    struct ::stat older = {};
    if (::fstatat(folder, base, &older, flags) != 0) return false;
    facts = {};
    facts.stx_mask = STATX_BASIC_STATS;
    facts.stx_dev_major = major(older.st_dev);
    facts.stx_dev_minor = minor(older.st_dev);
    facts.stx_ino = older.st_ino;
    facts.stx_mode = static_cast<std::uint16_t>(older.st_mode);
    facts.stx_nlink = static_cast<std::uint32_t>(older.st_nlink);
    facts.stx_uid = older.st_uid;
    facts.stx_size = static_cast<std::uint64_t>(older.st_size);
    facts.stx_mtime.tv_sec = older.st_mtim.tv_sec;
    facts.stx_mtime.tv_nsec = static_cast<std::uint32_t>(older.st_mtim.tv_nsec);
    facts.stx_ctime.tv_sec = older.st_ctim.tv_sec;
    facts.stx_ctime.tv_nsec = static_cast<std::uint32_t>(older.st_ctim.tv_nsec);
    return true;
}

static bool ask(int folder, const char* base, freshness how, struct ::statx& facts) {
    static constexpr int flags = AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW;
    static constexpr unsigned wanted = STATX_BASIC_STATS | STATX_BTIME;
    int demand = how == freshness::asked ? AT_STATX_FORCE_SYNC : 0;
    if (::statx(folder, base, flags | demand, wanted, &facts) == 0) return true;
    // No file is the reason for this: a sandbox refuses calls that are newer than it.
    if (errno == EPERM) return ask_without_statx(folder, base, flags, facts);
    // Where the kernel has no such call the C library looks in its place, and refuses a demand.
    return demand != 0 && errno == EINVAL && ::statx(folder, base, flags, wanted, &facts) == 0;
}

std::optional<sighting> look_at(int folder, const std::string& base, freshness how) {
    struct ::statx facts = {};
    if (!ask(folder, base.c_str(), how, facts)) return std::nullopt;
    sighting seen;
    seen.name = base;
    seen.identity = identity_of(facts);
    seen.inode = seen.identity.inode;
    seen.kind = kind_of(facts.stx_mode);
    seen.links = facts.stx_nlink;
    static const auto own = ::geteuid();
    seen.foreign = facts.stx_uid != own;
    // Whom the permissions of the owner are for need not ask; of others may_read() does.
    seen.readable = !seen.foreign && (facts.stx_mode & S_IRUSR) != 0;
    return seen;
}

bool may_access(int folder, const std::string& base, int mode, int flags) {
    if (::faccessat(folder, base.c_str(), mode, flags | AT_EACCESS) == 0) return true;
    // The C library does without faccessat2 only where the kernel lacks it. The older call asks for
    // the real user, and follows links.
    bool same_user = ::getuid() == ::geteuid() && ::getgid() == ::getegid();
    if (errno != EPERM || !same_user) return false;
    return ::syscall(SYS_faccessat, folder, base.c_str(), mode) == 0;
}

bool may_read(int folder, const std::string& base) {
    return may_access(folder, base, R_OK, AT_SYMLINK_NOFOLLOW);
}

passage::passage(int root, const std::string& folder) : number_(root) {
    if (folder == ".") return;
    own_ = open_beneath(root, folder, O_PATH | O_DIRECTORY);
    number_ = own_.get();
}

int for_each_entry_from(
    int folder, std::int64_t place, const std::function<bool(const folder_entry&)>& seen
) {
    descriptor own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own.is_open()) return errno;
    if (place != 0 && ::lseek(own.get(), place, SEEK_SET) < 0) return errno;
    // Few calls for large folders; small ones pay for a page or two of it.
    static constexpr std::size_t buffer_bytes = 256 * 1024;
    auto buffer = std::make_unique_for_overwrite<char[]>(buffer_bytes);
    for (;;) {
        auto bytes = ::getdents64(own.get(), buffer.get(), buffer_bytes);
        if (bytes < 0) return errno;
        if (bytes == 0) return 0;
        for (ssize_t at = 0; at < bytes;) {
            auto* entry = reinterpret_cast<const dirent64*>(buffer.get() + at);
            at += entry->d_reclen;
            bool self = std::strcmp(entry->d_name, ".") == 0;
            bool parent = std::strcmp(entry->d_name, "..") == 0;
            if (self || parent) continue;
            if (!seen({entry->d_name, entry->d_type, entry->d_off})) return 0;
        }
    }
}

int for_each_entry(
    int folder, const std::function<bool(const char* name, unsigned char type)>& seen
) {
    return for_each_entry_from(folder, 0, [&](const folder_entry& entry) {
        return seen(entry.name, entry.type);
    });
}

static std::string hint_for(int error) {
    switch (error) {
    case EACCES:
    case EPERM:
        return "give the daemon's user the rights on it";
    case EROFS:
        return "it is read-only for the daemon; under systemd run kustodrop gen-dropin";
    case ENOSPC:
        return "free some space or inodes";
    case EDQUOT:
        return "raise the quota or delete something";
    default:
        return {};
    }
}

failure system_failure(
    errc code, remedy next, std::string_view what, std::string_view name, int error
) {
    failure f;
    f.code = code;
    f.next = next;
    auto* text = ::strerrordesc_np(error);
    f.detail = std::string(what) + " " + printable(name) + ": " + (text ? text : "unknown error");
    f.hint = hint_for(error);
    return f;
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace kustodrop::spool
