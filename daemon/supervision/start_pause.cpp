#include "daemon/supervision/start_pause.hpp"

#include "base/text.hpp"
#include "config/reading/fragments.hpp"
#include "daemon/supervision/sd_notify.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <tuple>
#include <unistd.h>
#include <vector>

namespace kustodrop::daemon {

static constexpr duration longest = 5min;

duration pause_after(unsigned failed_starts) {
    if (failed_starts == 0) return 0s;
    return std::min<duration>(longest, 1s * (1 << std::min(failed_starts - 1, 20u)));
}

start_pause::start_pause(std::string config_path) : config_path_(std::move(config_path)) {
    auto* folder = std::getenv("RUNTIME_DIRECTORY");
    bool managed = folder && std::getenv("NOTIFY_SOCKET");
    if (managed) count_path_ = std::string(folder) + "/failed-starts";
}

static unsigned read_count(const std::string& path) {
    std::ifstream file(path);
    unsigned count = 0;
    return file >> count ? count : 0;
}

static auto version_of_file(const std::string& path) {
    struct stat seen {};
    bool there = ::stat(path.c_str(), &seen) == 0;
    return std::tuple(there, seen.st_ino, seen.st_size, seen.st_mtim.tv_sec, seen.st_mtim.tv_nsec);
}

// Of the configuration with its fragments.
static auto version_of(const std::string& path) {
    std::vector versions{version_of_file(path)};
    auto names = config::list_fragments(config::fragments_folder(path));
    if (!names) return versions;
    for (auto& fragment : names->read) versions.push_back(version_of_file(fragment));
    return versions;
}

static void report_pause(unsigned failed_starts, int seconds_left) {
    sd_notify(
        "STATUS=waits " + human_duration(std::chrono::seconds(seconds_left)) + " after " +
        std::to_string(failed_starts) +
        " starts that failed; a changed configuration or a restart begins at once"
    );
    sd_notify("EXTEND_TIMEOUT_USEC=30000000");
}

static sigset_t control_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    return signals;
}

void start_pause::let_signals_in() {
    auto held = control_signals();
    sigprocmask(SIG_UNBLOCK, &held, nullptr);
}

bool start_pause::wait() {
    auto awaited = control_signals();
    sigprocmask(SIG_BLOCK, &awaited, nullptr);
    if (count_path_.empty()) return true;
    auto failed = read_count(count_path_);
    std::ofstream(count_path_) << failed + 1;
    auto config = version_of(config_path_);
    int received = -1;
    auto left = std::chrono::duration_cast<std::chrono::seconds>(pause_after(failed)).count();
    for (; left > 0 && received < 0 && version_of(config_path_) == config; --left) {
        report_pause(failed, static_cast<int>(left));
        timespec second{1, 0};
        received = sigtimedwait(&awaited, nullptr, &second);
    }
    bool stopped = received == SIGTERM || received == SIGINT;
    if (stopped) went_well();
    return !stopped;
}

void start_pause::went_well() {
    if (!count_path_.empty()) ::unlink(count_path_.c_str());
}

}  // namespace kustodrop::daemon
