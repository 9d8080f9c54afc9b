#include "daemon/commands/commands.hpp"
#include "daemon/commands/service_check.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/step_printer.hpp"
#include "spool/folder/drop_folder.hpp"

#include <cstdio>

namespace kustodrop::daemon {

static void check_folders(const config::settings& settings, step_printer& out) {
    for (auto& watch : settings.watches) {
        auto step = "folder " + watch.name;
        auto folder = spool::drop_folder::open(watch.path);
        if (folder.has_error()) {
            out.bad(step, folder.error().message(), bad_configuration);
            continue;
        }
        auto advice = folder->advice();
        auto& medium = folder->medium().name;
        auto location = watch.path + (medium.empty() ? "" : " (" + medium + ")");
        bool must_move = watch.claim == pipeline::claim_mode::rename;
        if (advice && !advice->rename && must_move) {
            out.bad(step, location + ": " + advice->reason, bad_configuration);
        } else if (advice && !advice->rename) {
            out.good(step, location + ": " + advice->reason + ", so files are shipped in place");
        } else {
            out.good(step, location);
        }
    }
}

static void print_hosts(const service_check& checked) {
    std::printf("\nHosts to open in a firewall (port 443 unless it is named):\n");
    for (auto& [host, purpose] : checked.hosts()) {
        std::printf("  %-58s %s\n", host.c_str(), purpose.c_str());
    }
    if (checked.knows_storage()) return;
    std::printf(
        "  and those of signing in and of storage, which the service names once it answers\n"
    );
}

static void print_json(const step_printer& out, const service_check* checked) {
    auto hosts = checked ? checked->hosts() : std::map<std::string, std::string>();
    auto text = out.to_json(hosts, checked && checked->knows_storage());
    std::printf("%s\n", text.c_str());
}

static asio::awaitable<int> check_all(
    connection& service, clock& time, step_printer& out, bool as_json
) {
    service_check checked(service, time, out);
    co_await checked.run();
    if (as_json)
        print_json(out, &checked);
    else
        print_hosts(checked);
    co_return out.code();
}

// The problems of the configuration are on standard error already.
static int refuse(const std::string& path, step_printer& out) {
    for (auto& problem : load_configuration(path).problems) {
        if (!problem.warning) out.bad("configuration", to_string(problem), bad_configuration);
    }
    print_json(out, nullptr);
    return bad_configuration;
}

int command_check(const check_options& options) {
    step_printer out(options.json);
    auto settings = load_settings(options.config);
    if (!settings) return options.json ? refuse(options.config, out) : bad_configuration;
    out.good("configuration", options.config);
    check_folders(*settings, out);
    if (options.offline) {
        if (options.json) print_json(out, nullptr);
        return out.code();
    }
    program around(log_level::error, log_format::text);
    connection service(around.around(), *settings, config::process_environment());
    return around.run(check_all(service, around.time, out, options.json));
}

}  // namespace kustodrop::daemon
