#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"

#include <cstdio>

namespace kustodrop::daemon {

int command_status(const status_options& options) {
    auto settings = load_settings_without_secrets(options.config);
    if (!settings) return bad_configuration;
    if (options.watch) return follow_status(options, settings->admin.listen);
    auto answer = ask_daemon(settings->admin.listen, "/status");
    if (answer.has_error()) {
        auto problem = answer.error();
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : unreachable;
    }
    auto text = options.json ? *answer + "\n" : status_text(*answer);
    std::fputs(text.c_str(), stdout);
    return all_well;
}

}  // namespace kustodrop::daemon
