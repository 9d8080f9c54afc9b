#include "spool/folder/lock_file.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::spool {

// The path of a state directory, and what stands before it.
static constexpr std::size_t longest_holder = PATH_MAX + 512;

std::string holder_in(int file) {
    std::array<char, longest_holder> text{};
    auto bytes = ::pread(file, text.data(), text.size(), 0);
    std::string_view line(text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return printable(trimmed(line.substr(0, line.find('\n'))));
}

// Who may open the file may lock it, and keep the daemon out.
static void make_private(int file) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0 || facts.st_uid != ::geteuid()) return;
    if ((facts.st_mode & 0077) != 0) ::fchmod(file, 0600);
}

// Of the whole file.
static struct ::flock writing_lock() {
    struct ::flock out = {};
    out.l_type = F_WRLCK;
    out.l_whence = SEEK_SET;
    return out;
}

// What keeps us out. Ours are locks for writing, whose holder's name is in the file.
static std::string holder_of(int file) {
    auto other = writing_lock();
    bool reads = ::fcntl(file, F_OFD_GETLK, &other) == 0 && other.l_type == F_RDLCK;
    if (reads) {
        auto who = other.l_pid > 0 ? " (pid " + std::to_string(other.l_pid) + ")" : std::string();
        return "a process that is not kustodrop, which locks it for reading" + who;
    }
    auto who = holder_in(file);
    return who.empty() ? "another process" : who;
}

result<lock_file> lock_file::take(
    int folder, const std::string& name, std::string_view holder, errc code
) {
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    descriptor file(::openat(folder, name.c_str(), flags, 0600));
    if (!file.is_open() && (errno == ENOSPC || errno == EDQUOT)) {
        return system_failure(errc::disk_full, remedy::retry, "cannot open", name, errno);
    }
    if (!file.is_open()) {
        return system_failure(errc::lock_refused, remedy::reconfigure, "cannot open", name, errno);
    }
    make_private(file.get());
    // Of the open file, not of the process: dropping another descriptor of it releases nothing.
    auto whole = writing_lock();
    int locked = -1;
    do {
        locked = ::fcntl(file.get(), F_OFD_SETLK, &whole);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0) {
        if (errno != EAGAIN && errno != EACCES) {
            return system_failure(
                errc::lock_refused, remedy::reconfigure, "cannot lock", name, errno
            );
        }
        failure refused{code, remedy::retry, "held by " + holder_of(file.get())};
        if (code == errc::folder_locked) {
            refused.hint = "one daemon ships a folder: stop the other, or give each its own";
        }
        return refused;
    }
    // What it says is for humans; the lock holds without it, on a full disk for instance.
    if (::ftruncate(file.get(), 0) == 0) write_all(file.get(), std::string(holder) + "\n");
    lock_file taken;
    taken.file_ = std::move(file);
    return taken;
}

std::string holder_line(std::string_view state_directory) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return "pid " + std::to_string(::getpid()) + " on host " + host.data() + ", state directory " +
           printable(state_directory);
}

result<lock_file> lock_state_directory(const std::string& path) {
    descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) {
        return system_failure(
            errc::journal_unopenable, remedy::reconfigure, "cannot open", path, errno
        );
    }
    auto taken = lock_file::take(folder.get(), "lock", holder_line(path), errc::state_locked);
    if (taken || taken.error().code != errc::lock_refused) return taken;
    auto refused = taken.error();
    refused.code = errc::journal_unlockable;
    return refused;
}

}  // namespace kustodrop::spool
