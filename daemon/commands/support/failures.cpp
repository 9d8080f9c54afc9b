#include "daemon/commands/failures/failures_report.hpp"
#include "daemon/commands/failures/quarantined.hpp"
#include "daemon/commands/support/support_commands.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/output.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

std::string context_of(const std::string& config, const std::string& socket) {
    std::string out;
    if (config != "/etc/kustodrop/kustodrop.yaml") out += " --config " + shell_quoted(config);
    if (!socket.empty()) out += " --socket " + shell_quoted(socket);
    return out;
}

// A command is copied from the terminal: it stays one line.
static void print(std::string_view text) {
    while (!text.empty()) {
        auto line = std::string(text.substr(0, text.find('\n') + 1));
        text.remove_prefix(line.size());
        if (line.starts_with("  retry ")) {
            std::fputs(line.c_str(), stdout);
        } else {
            put_text(line);
        }
    }
}

int command_failures(const failures_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    auto report = failures_report(asking, context_of(options.config, options.socket));
    if (report.has_error()) {
        auto problem = report.error();
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : bad_configuration;
    }
    if (options.json) {
        std::printf("%s\n", boost::json::serialize(*report).c_str());
    } else {
        print(failures_text(*report));
    }
    auto& left_out = report->at("left_out").as_array();
    for (auto& one : left_out) {
        auto *watch = one.at("watch").as_string().c_str(),
             *why = one.at("detail").as_string().c_str();
        std::fprintf(stderr, "watch \"%s\" is left out: %s\n", watch, why);
    }
    bool is_empty = report->at("files").to_number<std::size_t>() == 0;
    return is_empty && left_out.empty() ? all_well : some_failed;
}

}  // namespace kustodrop::daemon
