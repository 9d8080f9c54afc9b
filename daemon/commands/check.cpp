#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "config/clusters.hpp"
#include "config/reading/fragments.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/checking/folder_holder.hpp"
#include "daemon/commands/checking/sample_check.hpp"
#include "daemon/commands/checking/service_check.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"
#include "daemon/run/free_space.hpp"
#include "daemon/service/connections.hpp"
#include "daemon/terminal/step_printer.hpp"
#include "pipeline/watch/hung_folder.hpp"
#include "spool/folder/drop_folder.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

static constexpr auto one_daemon =
    "one daemon ships a folder: stop the other, or give each its own";

// Returns the paths of the folders that do not answer.
static std::set<std::string> check_folders(const config::settings& settings, step_printer& out) {
    std::set<std::string> silent;
    for (auto& watch : settings.watches) {
        auto step = "folder " + watch.name;
        if (watch.path.empty()) {
            out.skipped(step, "its path is not known on this machine");
            continue;
        }
        auto ask = [&watch] { (void)spool::drop_folder::open(watch.path); };
        if (!answers_in_time(ask)) {
            silent.insert(watch.path);
            out.bad(step, watch.path + ": " + pipeline::folder_hangs().detail, unreachable);
            continue;
        }
        auto folder = spool::drop_folder::open(watch.path);
        if (folder.has_error()) {
            out.bad(step, folder.error().message(), bad_configuration);
            continue;
        }
        auto advice = folder->advice();
        auto& medium = folder->medium().name;
        auto location = watch.path + (medium.empty() ? "" : " (" + medium + ")");
        bool must_move = watch.claim == pipeline::claim_mode::rename;
        if (auto other = other_holder(*folder, settings.state_directory)) {
            out.bad(step, location + ": " + and_also(*other, one_daemon), bad_configuration);
            continue;
        }
        if (watch.kind == pipeline::watch_kind::follow) {
            out.good(step, location + ": its logs are followed, nothing is written there");
        } else if (advice && !advice->rename && must_move) {
            out.bad(step, location + ": " + advice->reason, bad_configuration);
        } else if (advice && !advice->rename) {
            out.good(step, location + ": " + advice->reason + ", so files are shipped in place");
        } else {
            out.good(step, location);
        }
    }
    return silent;
}

// Two names of one folder would ship its files twice, or lock each other out.
static void check_pairs(
    const config::settings& settings, const std::set<std::string>& silent, step_printer& out
) {
    std::map<std::pair<dev_t, ino_t>, std::string> seen;
    for (auto& watch : settings.watches) {
        struct stat facts {};
        if (silent.contains(watch.path)) continue;
        if (::stat(watch.path.c_str(), &facts) != 0) continue;
        auto [known, is_new] = seen.try_emplace({facts.st_dev, facts.st_ino}, watch.name);
        if (is_new) continue;
        out.bad(
            "folder " + watch.name,
            watch.path + " is the folder of " + known->second + " too; name it once",
            bad_configuration
        );
    }
}

static void check_file(const std::string& key, const std::string& path, step_printer& out) {
    if (path.empty()) return;
    std::ifstream file(path, std::ios::binary);
    bool readable = file.is_open() && file.peek() != std::ifstream::traits_type::eof();
    if (readable) return out.good(key, path);
    auto why = file.is_open() ? "is empty or no file" : std::string(std::strerror(errno));
    out.bad(key, path + ": " + why, bad_configuration);
}

static void check_files(const config::settings& settings, step_printer& out) {
    check_file("network.ca_file", settings.network.ca_file, out);
    for (auto& name : config::cluster_names(settings)) {
        auto auth = config::settings_at(settings, name).auth;
        auto section = name.empty() ? std::string("auth.") : "clusters." + name + ".auth.";
        check_file(section + "client_certificate_file", auth.client_certificate_file, out);
        if (auth.kind == config::auth_kind::workload_identity) {
            check_file(section + "federated_token_file", auth.federated_token_file, out);
        }
    }
    auto& state = settings.state_directory;
    std::error_code unknown;
    // systemd makes it at the first start (StateDirectory=).
    bool is_to_be_made =
        !std::filesystem::exists(state, unknown) &&
        std::filesystem::is_directory(std::filesystem::path(state).parent_path(), unknown);
    if (::access(state.c_str(), R_OK | W_OK | X_OK) == 0) {
        auto why = unwritable_because(state);
        if (why) {
            out.bad("state directory", state + ": " + *why, journal_io);
        } else {
            out.good("state directory", state);
        }
    } else if (is_to_be_made) {
        out.good("state directory", state + " does not exist yet");
    } else {
        out.bad("state directory", state + ": " + std::strerror(errno), bad_configuration);
    }
}

// What a firewall must let through.
struct known_hosts {
    std::map<std::string, std::string> by_name;  // With what each is for.
    bool are_all = false;                        // False: those of storage are not known.
};

static void print_hosts(const known_hosts& known) {
    std::printf("\nHosts to open in a firewall (port 443 unless it is named):\n");
    for (auto& [host, purpose] : known.by_name) {
        std::printf("  %-58s %s\n", host.c_str(), purpose.c_str());
    }
    if (known.are_all) return;
    std::printf(
        "  and those of signing in and of storage, which the service names once it answers\n"
    );
}

static void print_json(const step_printer& out, const known_hosts& known = {}) {
    std::printf("%s\n", out.to_json(known.by_name, known.are_all).c_str());
}

// A cluster with its own watches and those that may ship to it while theirs does not work.
static config::settings settings_to_check(const config::settings& all, const std::string& name) {
    auto out = config::settings_at(all, name);
    std::erase_if(out.watches, [&](auto& watch) {
        return watch.cluster != name && (name.empty() || watch.failover.to != name);
    });
    if (out.fleet.cluster != name) out.fleet.database.clear();
    return out;
}

static asio::awaitable<int> check_all(
    connections& services,
    const config::settings& settings,
    clock& time,
    step_printer& out,
    bool as_json
) {
    known_hosts known{{}, true};
    for (std::size_t i = 0; i < services.size(); ++i) {
        auto mine = settings_to_check(settings, services.name(i));
        out.begin_cluster(services.name(i));
        service_check checked(services[i], mine, time, out);
        co_await checked.run();
        for (auto& host : checked.hosts()) known.by_name.insert(host);
        known.are_all = known.are_all && checked.knows_storage();
    }
    if (as_json)
        print_json(out, known);
    else
        print_hosts(known);
    co_return out.code();
}

// The problems of the configuration are on standard error already.
static int refuse(const std::vector<config::problem>& problems, step_printer& out) {
    for (auto& problem : problems) {
        if (problem.warning) continue;
        out.bad("configuration", without_secrets(to_string(problem)), bad_configuration);
    }
    print_json(out);
    return bad_configuration;
}

// Offline nothing needs the secrets, and who checks may not be allowed to read them.
static config::loaded load_for(const check_options& options) {
    if (!options.offline) return load_configuration(options.config);
    config::candidate beside{options.fragment, options.fragment_name, options.conf_d};
    if (beside.name.empty()) {
        beside.name = std::filesystem::path(options.fragment).filename().string();
    }
    return load_offline(options.config, beside);
}

static int check_service(const config::settings& settings, step_printer& out, bool as_json) {
    program around(log_level::error, log_format::text);
    std::unique_ptr<connections> service;
    try {
        service =
            std::make_unique<connections>(around.around(), settings, config::process_environment());
    } catch (const http::unusable_options& error) {
        out.bad("network", error.what(), bad_configuration);
        if (as_json) print_json(out);
        return out.code();
    }
    return around.run(check_all(*service, settings, around.time, out, as_json));
}

// The configuration is good: its fragments could be listed.
static std::string fragments_of(const check_options& options) {
    auto& given = options.conf_d;
    auto folder = given.empty() ? config::fragments_folder(options.config) : given;
    auto names = config::list_fragments(folder);
    std::error_code unknown;
    if (!given.empty() && !std::filesystem::exists(given, unknown)) {
        return " without fragments, for there is no " + given;
    }
    auto count = names ? names->read.size() : 0;
    if (count == 0) return {};
    return " with " + std::to_string(count) + (count == 1 ? " file of " : " files of ") + folder;
}

int command_check(const check_options& options) {
    if (!options.sample.empty()) return command_check_sample(options);
    auto& name = options.fragment_name;
    auto wrong = name.empty() ? std::string() : config::fragment_name_problem(name);
    if (!wrong.empty()) {
        std::fprintf(stderr, "--as %s %s\n", printable(name).c_str(), wrong.c_str());
        return bad_usage;
    }
    step_printer out(options.json, options.verbose);
    auto loaded = load_for(options);
    auto problems = loaded.problems;
    auto settings = print_problems(std::move(loaded));
    if (!settings) return options.json ? refuse(problems, out) : bad_configuration;
    auto read = options.config + fragments_of(options);
    out.good("configuration", read + (options.offline ? ", without the network" : ""));
    if (!options.no_files) {
        check_files(*settings, out);
        auto silent = check_folders(*settings, out);
        check_pairs(*settings, silent, out);
    }
    if (!options.offline) return check_service(*settings, out, options.json);
    if (options.json) print_json(out);
    return out.code();
}

}  // namespace kustodrop::daemon
