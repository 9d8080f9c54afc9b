#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/output.hpp"

#include <boost/json/parse.hpp>

#include <cstdio>
#include <string>

namespace kustodrop::daemon {

// An answer of an older daemon does not say.
static bool says_healthy(const std::string& answer) {
    boost::system::error_code malformed;
    auto parsed = boost::json::parse(answer, malformed);
    auto* status = malformed ? nullptr : parsed.if_object();
    auto* healthy = status ? status->if_contains("healthy") : nullptr;
    return !healthy || !healthy->is_bool() || healthy->get_bool();
}

int command_status(const status_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    auto& socket = asking.settings.admin.listen;
    if (options.watch) return follow_status(options, socket);
    auto answer = ask_daemon(socket, "/status");
    if (answer.has_error()) {
        auto problem = answer.error();
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        if (problem.code == errc::not_allowed) return refused;
        return asking.is_whole ? unreachable : bad_configuration;
    }
    if (options.json) {
        std::printf("%s\n", answer->c_str());
    } else {
        put_text(status_text(*answer));
    }
    return says_healthy(*answer) ? all_well : some_failed;
}

}  // namespace kustodrop::daemon
