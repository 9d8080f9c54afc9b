#include "spool/folder/lock_file.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::spool {

static std::string first_line(int file) {
    std::array<char, 512> text{};
    auto bytes = ::pread(file, text.data(), text.size(), 0);
    std::string_view line(text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return printable(trimmed(line.substr(0, line.find('\n'))));
}

result<lock_file> lock_file::take(
    int folder, const std::string& name, std::string_view holder, errc code
) {
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    descriptor file(::openat(folder, name.c_str(), flags, 0640));
    if (!file.is_open() && (errno == ENOSPC || errno == EDQUOT)) {
        return system_failure(errc::disk_full, remedy::retry, "cannot open", name, errno);
    }
    if (!file.is_open()) {
        return system_failure(errc::lock_refused, remedy::reconfigure, "cannot open", name, errno);
    }
    // Of the open file, not of the process: dropping another descriptor of it releases nothing.
    struct ::flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
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
        auto who = first_line(file.get());
        auto detail = "held by " + (who.empty() ? std::string("another process") : who);
        return failure{code, remedy::retry, detail};
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
