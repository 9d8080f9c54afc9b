#include "daemon/program.hpp"

#include "base/live_secrets.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdio>

namespace kustodrop::daemon {

static config::environment environment_with_rules() {
    auto environment = config::process_environment();
    environment.endpoint_objection = [](const config::cluster_settings& cluster
                                     ) -> std::optional<std::string> {
        auto trusted = kusto::check_endpoint(cluster.ingestion_endpoint, cluster.trusted_hosts);
        if (trusted.has_error()) return trusted.error().message();
        return std::nullopt;
    };
    return environment;
}

config::loaded load_configuration(const std::string& path) {
    return config::load_file(path, environment_with_rules());
}

config::loaded load_daemon_configuration(const std::string& path) {
    auto environment = environment_with_rules();
    environment.may_start_programs = false;
    return config::load_file(path, environment);
}

std::optional<config::settings> print_problems(
    config::loaded loaded, const std::string& ignored_key
) {
    bool bad = false;
    for (auto& problem : loaded.problems) {
        if (!ignored_key.empty() && problem.key == ignored_key) continue;
        std::fprintf(stderr, "%s\n", without_secrets(to_string(problem)).c_str());
        bad = bad || !problem.warning;
    }
    if (bad) return std::nullopt;
    return std::move(loaded.values);
}

std::optional<config::settings> load_settings(
    const std::string& path, const std::string& ignored_key
) {
    return print_problems(load_configuration(path), ignored_key);
}

static config::loaded load_without_secrets(const std::string& path) {
    static const std::string stand_in = "not-read";
    auto environment = environment_with_rules();
    if (environment.credentials_directory.empty()) environment.credentials_directory = "/run";
    environment.read_file = [known = environment.read_file](const std::string& file) {
        auto content = known(file);
        if (!content.has_error()) return content;
        return result<std::string>(boost::system::in_place_value, stand_in);
    };
    environment.read_secret_file = [](const std::string&) {
        return result<std::string>(boost::system::in_place_value, stand_in);
    };
    return config::load_file(path, environment);
}

config::environment offline_environment() {
    auto out = environment_with_rules();
    out.unresolved_is_warning = true;
    return out;
}

config::loaded load_offline(const std::string& path, const config::candidate& beside) {
    return config::load_file(path, offline_environment(), beside);
}

std::optional<config::settings> load_settings_without_secrets(const std::string& path) {
    return print_problems(load_without_secrets(path), {});
}

question_settings load_for_questions(const std::string& path, const std::string& socket) {
    auto loaded = load_without_secrets(path);
    question_settings out;
    out.settings = loaded.values;
    out.is_whole = print_problems(std::move(loaded), {}).has_value();
    if (!socket.empty()) {
        out.settings.admin.listen = socket.starts_with("unix:") ? socket.substr(5) : socket;
    }
    return out;
}

program::program(log_level level, std::optional<log_format> format)
    : program(level, format, stderr_sink()) {}

program::program(log_level level, std::optional<log_format> format, logger::sink lines)
    : log(time, level, format.value_or(detected_log_format()), std::move(lines)) {}

int program::run(asio::awaitable<int> main) {
    int code = a_bug;
    auto finish = [&](std::exception_ptr error, int ended_with) {
        code = ended_with;
        io.stop();
        if (error) std::rethrow_exception(error);
    };
    asio::co_spawn(io, std::move(main), finish);
    io.run();
    return code;
}

// What is wrong with the configuration, or with this machine, and not with our rights.
static bool is_configuration(errc code) {
    switch (code) {
    case errc::engine_endpoint:
    case errc::untrusted_host:
    case errc::untrusted_storage_host:
    case errc::bad_proxy:
    case errc::clock:
    case errc::journal_newer:
    case errc::journal_locked:
    case errc::state_locked:
    case errc::folder_locked:
        return true;
    default:
        return false;
    }
}

static bool is_of_the_journal(errc code) {
    return code == errc::journal_io || code == errc::journal_corrupt ||
           code == errc::journal_unlockable || code == errc::journal_unopenable;
}

// Storage refuses a SAS, which calls for another one and may be for good.
static bool is_refusal(const failure& problem) {
    auto& code = problem.code.service_text();
    return code.starts_with("Authentication") || code.starts_with("Authorization") ||
           code == "http_401" || code == "http_403";
}

int exit_code_for(const failure& problem) {
    if (is_configuration(problem.code.ours())) return bad_configuration;
    if (problem.code == errc::proxy_unauthorized || is_refusal(problem)) return refused;
    if (is_of_the_journal(problem.code.ours())) return journal_io;
    if (problem.next == remedy::reconfigure || problem.next == remedy::reauthenticate) {
        return refused;
    }
    return unreachable;
}

}  // namespace kustodrop::daemon
