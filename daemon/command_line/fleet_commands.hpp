#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace kustodrop::command_line {

/// Adds `fleet` and `gen-fleet`: `chosen` becomes the one that the command line names.
void add_fleet_commands(CLI::App& program, std::function<int()>& chosen);

}  // namespace kustodrop::command_line
