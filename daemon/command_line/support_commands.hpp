#pragma once

#include "daemon/commands/commands.hpp"

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace kustodrop::command_line {

/// Adds the commands of daemon/commands/support/support_commands.hpp: `chosen` becomes the one that
/// the command line names.
void add_support_commands(CLI::App& program, std::function<int()>& chosen);

/// `check --sample FILE --watch NAME`.
void add_sample_options(CLI::App* check, daemon::check_options& options);

/// What `check --offline` alone has.
void add_offline_options(CLI::App* check, daemon::check_options& options);

}  // namespace kustodrop::command_line
