#include "daemon/command_line/fleet_commands.hpp"

#include "daemon/command_line/options.hpp"
#include "daemon/commands/fleet.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace kustodrop::command_line {

static void add_fleet(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::fleet_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "fleet", "Show every host that reports to the fleet table, a line for each"
    );
    describe(command, looking, "fleet");
    add_config(command, options->config);
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_fleet(*options); };
    });
}

static void add_gen_fleet(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::gen_fleet_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "gen-fleet", "Print the commands that create the fleet table and what asks it"
    );
    describe(command, changing, "gen-fleet --table KustodropFleet >fleet.kql");
    add_config(command, options->config);
    command->add_option("--table", options->table, "The table's name, without a configuration")
        ->type_name("NAME");
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_gen_fleet(*options); };
    });
}

void add_fleet_commands(CLI::App& program, std::function<int()>& chosen) {
    add_fleet(program, chosen);
    add_gen_fleet(program, chosen);
}

}  // namespace kustodrop::command_line
