#include "daemon/commands/answering.hpp"

#include "base/text.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <dirent.h>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <unistd.h>

namespace kustodrop::daemon {

bool answers_in_time(const std::function<void()>& ask) {
    return answers_in_time(ask, patience_for_a_folder);
}

bool answers_in_time(const std::function<void()>& ask, duration patience) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return true;
    auto child = ::fork();
    if (child == 0) {
        // Its end of the pipe is closed when it ends; what reads our output must not wait for it.
        auto mine = static_cast<unsigned>(ends[1]);
        ::close_range(0, mine - 1, 0);
        ::close_range(mine + 1, ~0u, 0);
        ask();
        ::_exit(0);
    }
    ::close(ends[1]);
    pollfd ended{ends[0], POLLIN, 0};
    auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    bool in_time = child < 0 || ::poll(&ended, 1, static_cast<int>(limit)) != 0;
    ::close(ends[0]);
    if (child > 0 && in_time) ::waitpid(child, nullptr, 0);
    return in_time;
}

// As a command does that reads it: attributes alone may be answered from a cache.
static void touch(const std::string& path) {
    struct ::stat facts = {};
    if (::stat(path.c_str(), &facts) != 0) return;
    if (S_ISDIR(facts.st_mode)) {
        auto* folder = ::opendir(path.c_str());
        if (!folder) return;
        (void)::readdir(folder);
        ::closedir(folder);
    } else if (S_ISREG(facts.st_mode)) {
        int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (file < 0) return;
        char first = 0;
        (void)!::read(file, &first, 1);
        ::close(file);
    }
}

namespace {

// A number that a child writes and its parent reads.
class shared_count {
public:
    using count = std::atomic<std::size_t>;

    shared_count() {
        auto* place = ::mmap(
            nullptr, sizeof(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0
        );
        if (place != MAP_FAILED) value_ = new (place) count(0);
    }
    ~shared_count() {
        if (value_) ::munmap(value_, sizeof(count));
    }
    shared_count(const shared_count&) = delete;

    count& operator*() { return *value_; }
    count* operator->() { return value_; }
    explicit operator bool() const { return value_ != nullptr; }

private:
    count* value_ = nullptr;
};

}  // namespace

std::optional<failure> silence_of(const std::vector<std::string>& paths, duration patience) {
    shared_count reached;
    if (!reached) return std::nullopt;
    for (std::size_t first = 0; first < paths.size();) {
        auto ask = [&] {
            for (auto i = first; i < paths.size(); ++i) {
                *reached = i;
                touch(paths[i]);
            }
        };
        if (answers_in_time(ask, patience)) break;
        // Many files may take longer than one.
        if (reached->load() == first) {
            return failure{
                .code = errc::timeout,
                .next = remedy::retry,
                .detail = printable(paths[first]) +
                          ": the folder does not answer: what was asked of it does not return",
                .hint =
                    "look at its mount and the server of that (df on the folder hangs as well)"};
        }
        first = reached->load();
    }
    return std::nullopt;
}

}  // namespace kustodrop::daemon
