#include "daemon/command_line/mistakes.hpp"

#include "daemon/terminal/arguments.hpp"

#include <CLI/CLI.hpp>

#include <string_view>

namespace kustodrop::command_line {

static auto all = [](const CLI::App*) { return true; };

static void add_options(const CLI::App& command, std::vector<std::string>& out) {
    for (auto* option : command.get_options()) {
        for (auto& name : option->get_lnames()) out.push_back("--" + name);
    }
}

// Those of its groups too. Empty: it has commands of its own.
static std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> out;
    add_options(command, out);
    for (auto* inner : command.get_subcommands(all)) {
        if (!inner->get_name().empty()) return {};
        add_options(*inner, out);
    }
    return out;
}

std::string about_mistake(
    const CLI::App& program, const std::vector<std::string>& arguments, bool about_options
) {
    std::vector<std::string_view> names;
    const CLI::App* command = nullptr;
    for (auto* one : program.get_subcommands(all)) {
        names.push_back(one->get_name());
        if (!arguments.empty() && one->get_name() == arguments.front()) command = one;
    }
    auto unknown = daemon::about_unknown_command(arguments, names);
    if (!unknown.empty()) return unknown + "\nRun kustodrop --help for all commands.\n";
    if (!about_options) return {};
    auto options = command ? options_of(*command) : std::vector<std::string>();
    if (options.empty()) return {};
    auto said = daemon::about_unknown_option(arguments, options);
    if (said.empty()) return {};
    return said + "\nRun kustodrop " + command->get_name() + " --help for all options.\n";
}

}  // namespace kustodrop::command_line
