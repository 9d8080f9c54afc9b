#include "daemon/command_line/infer_command.hpp"

#include "daemon/commands/infer.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace kustodrop::command_line {

void add_infer(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::infer_options>();
    auto* command = program.add_subcommand(
        "infer", "Print the commands that create a table and a mapping for sample files"
    );
    command->group("Diagnosis");
    command->footer("Example:\n  kustodrop infer --table Web sample.csv");
    command->add_option("FILE", options->paths, "Samples of one kind")->required();
    command->add_option("--table", options->table, "The table's name")->type_name("NAME");
    command->add_option("--mapping", options->mapping, "The mapping's name (TABLE_FORMAT)")
        ->type_name("NAME");
    command->add_option("--format", options->format, "The format, if it is not to be found out")
        ->check(CLI::IsMember({"csv", "tsv", "scsv", "psv", "sohsv", "json", "multijson"}));
    command->add_option("--header", options->header, "Whether the first record names the columns")
        ->check(CLI::IsMember({"yes", "no"}));
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_infer(*options); };
    });
}

}  // namespace kustodrop::command_line
