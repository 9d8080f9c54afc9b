#include "async/child.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace kustodrop {

namespace {

// Both ends close when it goes, unless they were closed before.
struct pipe_ends {
    pipe_ends() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    }
    ~pipe_ends() {
        close(0);
        close(1);
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;

    void close(std::size_t which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
    bool is_open() const { return ends[0] >= 0; }

    std::array<int, 2> ends{};
};

// What posix_spawn gets: the pipes as output, no input, a group of its own, no blocked signals.
struct spawn_plan {
    spawn_plan(const pipe_ends& out, const pipe_ends& err) {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, out.ends[1], 1);
        ::posix_spawn_file_actions_adddup2(&files, err.ends[1], 2);
        ::posix_spawnattr_init(&attributes);
        ::sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::sigset_t standard;
        ::sigemptyset(&standard);
        ::sigaddset(&standard, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &standard);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    }
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    ::posix_spawn_file_actions_t files{};
    ::posix_spawnattr_t attributes{};
};

// Takes what is there; false at the end of the stream.
bool take(int from, std::string& to, std::size_t most) {
    std::array<char, 4096> bytes{};
    auto got = ::read(from, bytes.data(), bytes.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    auto room = most - std::min(most, to.size());
    to.append(bytes.data(), std::min(room, static_cast<std::size_t>(got)));
    return got > 0;
}

// Reads both streams to their ends; false when the time is up before.
bool read_all(
    pipe_ends& out,
    pipe_ends& err,
    child_output& into,
    const time_source& clock,
    const child_limits& limits
) {
    auto ends = clock.now() + limits.time;
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        auto left = ends - clock.now();
        if (left <= duration::zero()) return false;
        std::array<::pollfd, 2> both{{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
        auto wait = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        if (::poll(both.data(), both.size(), static_cast<int>(wait)) < 0 && errno != EINTR) {
            return false;
        }
        if (both[0].revents && !take(out.ends[0], into.out, limits.output_bytes)) out.close(0);
        if (both[1].revents && !take(err.ends[0], into.err, limits.output_bytes)) err.close(0);
    }
    return true;
}

int status_of(::pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

result<child_output> run_child(
    const std::vector<std::string>& command, const time_source& clock, const child_limits& limits
) {
    pipe_ends out;
    pipe_ends err;
    auto reason = [](int error) { return std::generic_category().message(error); };
    if (!out.is_open() || !err.is_open()) {
        return failure{errc::cannot_start, remedy::retry, command.front() + ": " + reason(errno)};
    }
    std::vector<char*> arguments;
    for (auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    spawn_plan plan(out, err);
    ::pid_t child = 0;
    auto* name = arguments.front();
    int error =
        ::posix_spawnp(&child, name, &plan.files, &plan.attributes, arguments.data(), environ);
    if (error != 0) {
        bool absent = error == ENOENT || error == ENOTDIR;
        return failure{
            absent ? errc::not_found : errc::cannot_start,
            remedy::reconfigure,
            command.front() + ": " + reason(error)};
    }
    out.close(1);
    err.close(1);
    child_output done;
    bool whole = read_all(out, err, done, clock, limits);
    if (!whole) ::kill(-child, SIGKILL);
    done.status = status_of(child);
    if (whole) return done;
    return failure{errc::timeout, remedy::retry, command.front() + " did not end in time"};
}

}  // namespace kustodrop
