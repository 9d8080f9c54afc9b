#include "daemon/supervision/stderr_lines.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

// The descriptor is shared with other processes, and so is whether it blocks: opened again, a pipe
// or a terminal has a flag of its own. A file would have a position of its own as well.
static spool::descriptor reopen(int descriptor) {
    auto path = "/proc/self/fd/" + std::to_string(descriptor);
    return spool::descriptor(
        ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_APPEND | O_CLOEXEC)
    );
}

stderr_lines::stderr_lines(int descriptor, std::size_t most_waiting_bytes)
    : descriptor_(descriptor), most_bytes_(most_waiting_bytes) {
    struct ::stat facts = {};
    if (::fstat(descriptor, &facts) != 0) return;
    if (S_ISSOCK(facts.st_mode)) kind_ = kind::socket;
    if (S_ISREG(facts.st_mode)) kind_ = kind::file;
    if (!S_ISFIFO(facts.st_mode) && !S_ISCHR(facts.st_mode)) return;
    reopened_ = reopen(descriptor);
    if (reopened_.is_open()) kind_ = kind::reopened;
}

// As write(2): EAGAIN where it would wait.
std::ptrdiff_t stderr_lines::put(std::string_view bytes) {
    if (kind_ == kind::reopened) return ::write(reopened_.get(), bytes.data(), bytes.size());
    if (kind_ == kind::socket) {
        return ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    // One never waits in poll(2).
    if (kind_ == kind::file) return ::write(descriptor_, bytes.data(), bytes.size());
    struct ::pollfd asked = {descriptor_, POLLOUT, 0};
    auto ready = ::poll(&asked, 1, 0);
    if (ready == 0) errno = EAGAIN;
    if (ready <= 0) return -1;
    // So many bytes go into a pipe that has room, without waiting (pipe(7)).
    return ::write(descriptor_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

void stderr_lines::write(std::string_view line) {
    if (waiting_.size() - written_ + line.size() + 1 > most_bytes_) {
        ++lost_;
        return;
    }
    waiting_ += line;
    waiting_ += '\n';
    write_waiting();
}

void stderr_lines::write_waiting() {
    while (written_ < waiting_.size()) {
        auto bytes = put(std::string_view(waiting_).substr(written_));
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0 && errno == EAGAIN) break;
        // It was closed, or its disk is full: there is nowhere left to say so.
        written_ = bytes <= 0 ? waiting_.size() : written_ + static_cast<std::size_t>(bytes);
    }
    bool is_empty = written_ == waiting_.size();
    if (!is_empty && written_ < most_bytes_ / 2) return;
    waiting_.erase(0, std::exchange(written_, 0));
    if (waiting_.capacity() > most_bytes_ / 4) waiting_.shrink_to_fit();
}

std::uint64_t stderr_lines::take_lost() {
    return written_ < waiting_.size() ? 0 : std::exchange(lost_, 0);
}

void stderr_lines::finish(duration patience) {
    static constexpr auto one_wait = 100ms;
    write_waiting();
    for (auto waits = patience / one_wait; waits > 0 && written_ < waiting_.size(); --waits) {
        struct ::pollfd asked = {descriptor_, POLLOUT, 0};
        ::poll(&asked, 1, static_cast<int>(one_wait.count()));
        write_waiting();
    }
}

}  // namespace kustodrop::daemon
