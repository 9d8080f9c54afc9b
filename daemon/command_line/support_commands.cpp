#include "daemon/command_line/support_commands.hpp"

#include "daemon/command_line/options.hpp"
#include "daemon/commands/support/support_commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace kustodrop::command_line {

static void add_init(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::init_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "init", "Write a first configuration; asks on a terminal for what is not given"
    );
    describe(
        command,
        changing,
        "init --endpoint https://ingest-c.westeurope.kusto.windows.net \\\n"
        "    --path /srv/drop/web --database Logs --table Web --format json"
    );
    add_config(command, options->config);
    auto text = [&](const char* name, std::string& value, const char* type, const char* meaning) {
        command->add_option(name, value, meaning)->type_name(type);
    };
    text("--endpoint", options->endpoint, "URL", "Ingestion endpoint of the cluster");
    command->add_option("--auth", options->auth, "How the program signs in (managed_identity)")
        ->check(CLI::IsMember(
            {"managed_identity", "workload_identity", "client_secret", "client_certificate"}
        ));
    text("--tenant-id", options->tenant_id, "ID", "Directory of the application");
    text("--client-id", options->client_id, "ID", "The application, or user-assigned identity");
    text("--path", options->path, "FOLDER", "The folder to watch; it is created");
    text("--database", options->database, "NAME", "Database of the target");
    text("--table", options->table, "NAME", "Table of the target");
    text("--format", options->format, "NAME", "csv, json, multijson, parquet, …");
    text(
        "--state-directory",
        options->state_directory,
        "FOLDER",
        "Folder of the journal (/var/lib/kustodrop)"
    );
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_init(*options); };
    });
}

static void add_config_show(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::show_config_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "config", "Show the configuration in force, where each value stands, without secrets"
    );
    describe(command, looking, "config show --defaults");
    auto action = std::make_shared<std::string>();
    command->add_option("action", *action, "What to do")
        ->required()
        ->check(CLI::IsMember({"show"}));
    add_config(command, options->config);
    command->add_flag("--defaults", options->defaults, "Also the keys that have their defaults");
    add_json(command, options->json);
    command->callback([options, action, &chosen] {
        chosen = [options] { return daemon::command_config_show(*options); };
    });
}

static void add_failures(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::failures_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "failures", "Show what lies in quarantine by cause, and how to send it again"
    );
    describe(command, looking, "failures");
    add_config(command, options->config);
    add_socket(command, options->socket);
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_failures(*options); };
    });
}

static void add_bundle(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<daemon::bundle_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("bundle", "Write an archive for support, without secrets");
    describe(command, looking, "bundle /tmp/kustodrop.tar.gz");
    add_config(command, options->config);
    add_socket(command, options->socket);
    command->add_option("file", options->file, "The archive; an existing one is not overwritten")
        ->type_name("FILE");
    command->add_option("--log", options->log, "Log file of the daemon, where it is not journald")
        ->type_name("FILE");
    command->callback([options, &chosen] {
        chosen = [options] { return daemon::command_bundle(*options); };
    });
}

void add_support_commands(CLI::App& program, std::function<int()>& chosen) {
    add_failures(program, chosen);
    add_bundle(program, chosen);
    add_config_show(program, chosen);
    add_init(program, chosen);
}

void add_sample_options(CLI::App* check, daemon::check_options& options) {
    auto given = [](const std::string& text) { return text.empty() ? "it is empty" : ""; };
    auto* sample = check->add_option(
        "--sample", options.sample, "Only compare this file with the table and mapping of --watch"
    );
    sample->type_name("FILE")->check(CLI::Validator(given, ""));
    sample->excludes(check->get_option("--offline"));
    auto* watch = check->add_option("--watch", options.watch, "The watch that would ship the file");
    watch->type_name("NAME")->needs(sample);
    sample->needs(watch);
}

void add_offline_options(CLI::App* check, daemon::check_options& options) {
    auto* offline = check->get_option("--offline");
    check
        ->add_flag(
            "--no-files",
            options.no_files,
            "Not the files and folders that it names: on a machine without them"
        )
        ->needs(offline);
    auto* fragment = check->add_option(
        "--fragment", options.fragment, "A file to be read as one of conf.d, before it is there"
    );
    fragment->type_name("FILE")->needs(offline);
    check
        ->add_option(
            "--as", options.fragment_name, "Its name there; the one that has it is not read"
        )
        ->type_name("NAME")
        ->needs(fragment);
    check
        ->add_option("--conf-d", options.conf_d, "Where the fragments are (conf.d beside --config)")
        ->type_name("FOLDER")
        ->needs(offline);
}

}  // namespace kustodrop::command_line
