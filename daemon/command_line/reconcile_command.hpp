#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace kustodrop::command_line {

/// Adds `reconcile`: `chosen` becomes it when the command line names it.
void add_reconcile(CLI::App& program, std::function<int()>& chosen);

}  // namespace kustodrop::command_line
