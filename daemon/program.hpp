#pragma once

#include "async/awaitable.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "config/load.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/service/connection.hpp"

#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>

namespace kustodrop::daemon {

/// Loads the configuration with the rule about trusted hosts, and prints every problem to standard
/// error. Nothing if there are errors. `ignored_key`: problems of that key are passed over.
std::optional<config::settings> load_settings(
    const std::string& path, const std::string& ignored_key = {}
);

/// The whole configuration with the rule about trusted hosts, and its problems. Blocks.
config::loaded load_configuration(const std::string& path);

/// The same for the daemon, which starts no programs: credentials that need one are refused.
config::loaded load_daemon_configuration(const std::string& path);

/// As load_settings, for commands that need no secret: credentials that only the service manager
/// hands to the daemon, and files that only the daemon can read, are not asked for.
std::optional<config::settings> load_settings_without_secrets(const std::string& path);

/// As load_settings, for a check on any machine: what is not set or cannot be read here, secrets
/// among it, is a warning. `beside`: a fragment that is to be read too.
config::loaded load_offline(const std::string& path, const config::candidate& beside);

/// What that is read with.
config::environment offline_environment();

/// Prints every problem; nothing if there are errors.
std::optional<config::settings> print_problems(
    config::loaded loaded, const std::string& ignored_key = {}
);

/// What a command that only asks the daemon works with.
struct question_settings {
    config::settings settings;  // As far as they could be read.
    bool is_whole = false;      // The configuration has no errors.
};

/// The configuration without secrets, with `socket`, if given, as its admin socket. A configuration
/// that is broken does not keep anyone from asking the daemon: its problems are printed.
question_settings load_for_questions(const std::string& path, const std::string& socket);

/// What a command works with: one event loop on one thread, real time, random numbers, log.
struct program {
    program(log_level level, std::optional<log_format> format);
    program(log_level level, std::optional<log_format> format, logger::sink lines);

    surroundings around() { return {io.get_executor(), time, random, log, measured}; }

    /// Runs a coroutine to its end and returns its result; its exceptions pass through.
    int run(asio::awaitable<int> main);

    asio::io_context io{1};
    real_clock time;
    random_generator random = seeded_from_the_system();
    metrics measured;
    logger log;
};

/// The exit code for a failure that ends a command.
int exit_code_for(const failure& problem);

}  // namespace kustodrop::daemon
