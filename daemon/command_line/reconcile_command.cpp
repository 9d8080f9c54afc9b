#include "daemon/command_line/reconcile_command.hpp"

#include "daemon/command_line/options.hpp"
#include "daemon/commands/tables/reconcile.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace kustodrop::command_line {

void add_reconcile(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::reconcile_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "reconcile", "Compare the records that arrived, by the journal, with the rows of the table"
    );
    describe(command, looking, "reconcile --watch web --since yesterday");
    add_config(command, options->config);
    add_socket(command, options->socket);
    command->add_option("--watch", options->watch, "The watch")->required()->type_name("NAME");
    command->add_option("--since", options->since, "Sources that ended at or after this time (1d)")
        ->type_name("TIME");
    command->add_option("--until", options->until, "Sources that ended before this time")
        ->type_name("TIME");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_reconcile(*options); };
    });
}

}  // namespace kustodrop::command_line
