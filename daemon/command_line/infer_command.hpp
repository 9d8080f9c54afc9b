#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace kustodrop::command_line {

/// Adds `infer`: `chosen` becomes it when the command line names it.
void add_infer(CLI::App& program, std::function<int()>& chosen);

}  // namespace kustodrop::command_line
