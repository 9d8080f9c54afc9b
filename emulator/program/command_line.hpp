#pragma once

#include "emulator/front/proxy.hpp"
#include "emulator/program/application.hpp"

#include <cstdint>
#include <optional>

namespace kustodrop::emulator {

/// What the command line asks for.
struct command_line {
    application_options options = {};
    std::optional<std::uint16_t> proxy_port = {};  // Nothing: there is no proxy.
    proxy_options proxy = {};
    bool verbose = false;
};

/// Reads the command line. Returns the exit code where the program is to end: after --help, or
/// after an error, which has been printed.
std::optional<int> parse_command_line(int argc, char** argv, command_line& into);

}  // namespace kustodrop::emulator
