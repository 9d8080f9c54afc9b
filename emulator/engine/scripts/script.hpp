#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// The commands of `.execute database script`, and what happens when one of them fails.
struct script {
    bool continues_on_errors = false;  // Else the first failure is the last command that is run.
    bool throws_on_errors = false;     // The first failure is the answer to the script.
    std::vector<std::string> commands;
};

/// The text as a script; nothing: it is another command. Fails with code "Syntax". Pure.
std::optional<result<script>> parse_script(std::string_view text);

/// The commands of a script: each begins with a "." that is the first character of a line, outside
/// of literals and braces. Without the comments before and behind them. Pure.
std::vector<std::string> commands_in(std::string_view text);

/// What the service calls a command: "TableCreate". Where its pages say nothing, a name of the same
/// form; empty: the text is not a command. Pure.
std::string type_of_command(std::string_view text);

}  // namespace kustodrop::emulator
