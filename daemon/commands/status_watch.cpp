// `kustodrop status --watch`: the status again and again.
#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/status_screen.hpp"

#include <cstdio>
#include <poll.h>
#include <unistd.h>

namespace kustodrop::daemon {

// A daemon that hangs must not keep Ctrl-C waiting.
static constexpr duration patience = 2s;

static int watch_on_screen(const std::string& socket, duration interval, const clock& time) {
    status_screen layout;
    full_screen screen;
    for (;;) {
        auto answer = ask_daemon(socket, "/status", patience);
        auto size = size_of_terminal(STDOUT_FILENO);
        auto now = time.now();
        screen.show(
            answer ? layout.show(*answer, now, size) : layout.absent(answer.error(), now, size)
        );
        if (screen.wait(interval) == full_screen::woken::by_the_end) return all_well;
    }
}

static int watch_in_blocks(const std::string& socket, duration interval, const clock& time) {
    for (;;) {
        auto answer = ask_daemon(socket, "/status", patience);
        std::printf("--- %s\n", to_iso8601(time.wall_now()).c_str());
        if (answer) {
            std::fputs(status_text(*answer).c_str(), stdout);
        } else {
            auto problem = answer.error();
            std::printf("%s\n", to_string(problem).c_str());
        }
        std::printf("\n");
        // The reader has closed the pipe or the terminal.
        if (std::fflush(stdout) != 0) return all_well;
        auto pause = std::chrono::ceil<std::chrono::milliseconds>(interval).count();
        ::poll(nullptr, 0, static_cast<int>(pause));
    }
}

int follow_status(const status_options& options, const std::string& socket) {
    real_clock time;
    auto watch = is_screen(STDOUT_FILENO) ? watch_on_screen : watch_in_blocks;
    return watch(socket, options.interval, time);
}

}  // namespace kustodrop::daemon
