#pragma once

#include "base/time.hpp"

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
class Formatter;
class Option;
}  // namespace CLI

/// What the commands have in common on the command line.
namespace kustodrop::command_line {

inline constexpr auto default_config = "/etc/kustodrop/kustodrop.yaml";

// How --help groups the commands.
inline constexpr auto daily = "Daily use";
inline constexpr auto looking = "Diagnosis";
inline constexpr auto changing = "Changes and repairs";

CLI::Option* add_config(CLI::App* command, std::string& path);
void add_json(CLI::App* command, bool& json);
void add_socket(CLI::App* command, std::string& socket);

/// How --help is laid out: for the terminal's columns.
std::shared_ptr<CLI::Formatter> help_layout();

/// The command's group, and what it looks like on a command line.
void describe(CLI::App* command, const char* group, const std::string& example);

CLI::Option* add_duration(
    CLI::App* command, std::string name, std::function<void(duration)> set, std::string help
);

}  // namespace kustodrop::command_line
