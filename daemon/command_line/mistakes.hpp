#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace kustodrop::command_line {

/// What is said of a command line with a command or an option that is not there: lines with what
/// was probably meant. Empty: the mistake is another one. Without `about_options` only the command
/// is looked at, as where help is asked for.
std::string about_mistake(
    const CLI::App& program, const std::vector<std::string>& arguments, bool about_options
);

}  // namespace kustodrop::command_line
