#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/reload_report.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace kustodrop::daemon {

// Without an admin socket, signals the process that the service manager names (ExecReload=); the
// log has the result.
static bool signal_main_process() {
    auto* text = std::getenv("MAINPID");
    auto process = text ? std::atoi(text) : 0;
    return process > 1 && ::kill(process, SIGHUP) == 0;
}

int command_reload(const reload_options& options) {
    // The daemon still listens on its old socket, which --socket names if the file has another one.
    // The daemon itself refuses a file with problems.
    auto loaded = load_configuration(options.config);
    auto socket = options.socket.empty() ? loaded.values.admin.listen : options.socket;
    auto answer = command_daemon(socket, "/reload");
    if (answer.has_error()) {
        auto problem = answer.error();
        if (problem.code != errc::not_allowed && signal_main_process()) {
            std::puts("the daemon was sent SIGHUP; its log has the result");
            return all_well;
        }
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : unreachable;
    }
    auto done = parse_reload_report(*answer);
    if (options.json) {
        std::printf("%s\n", answer->c_str());
    } else {
        auto text = reload_text(done);
        std::fputs(text.c_str(), done.taken ? stdout : stderr);
    }
    return done.taken ? all_well : bad_configuration;
}

}  // namespace kustodrop::daemon
