#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// The arguments of a command line with the command first: options may stand before it, `help
/// COMMAND` means `COMMAND --help`, and --version the command `version`. Pure.
std::vector<std::string> arranged(std::vector<std::string> given);

/// "there is no command X; did you mean Y?", if the first argument does not name a command; else
/// empty.
std::string about_unknown_command(
    const std::vector<std::string>& arguments, const std::vector<std::string_view>& commands
);

/// What is said of an option that the command, the first of the arguments, does not have among its
/// `options` ("--json"), with the one that was probably meant; empty if it has all. Pure.
std::string about_unknown_option(
    const std::vector<std::string>& arguments, const std::vector<std::string>& options
);

}  // namespace kustodrop::daemon
