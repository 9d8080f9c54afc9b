// The command line: product.md §3. Each command stands in its own file.
#include "config/quantities.hpp"
#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/process_secrecy.hpp"
#include "http/beast_transport.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

using namespace kustodrop;
namespace commands = kustodrop::daemon;

static constexpr auto default_config = "/etc/kustodrop/kustodrop.yaml";

static CLI::Option* add_config(CLI::App* command, std::string& path) {
    return command->add_option("--config", path, "The configuration file")
        ->default_str(default_config);
}

static CLI::Option* add_duration(
    CLI::App* command, std::string name, std::function<void(duration)> set, std::string help
) {
    auto read = [set = std::move(set)](const std::string& text) {
        auto time = config::parse_duration(text);
        if (time.has_error()) throw CLI::ValidationError(text, time.error().detail);
        set(*time);
    };
    return command->add_option_function<std::string>(std::move(name), read, std::move(help));
}

static void add_run(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::run_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("run", "Watch the configured folders and ship what lands");
    add_config(command, options->config);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_run(*options); };
    });
}

static void add_check(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::check_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "check", "Validate the configuration, then walk every step to the service"
    );
    add_config(command, options->config);
    command->add_flag("--offline", options->offline, "Only the configuration and the folders");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_check(*options); };
    });
}

static void add_send(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::send_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "send", "Ship files or folders once, in place: nothing is moved or deleted"
    );
    add_config(command, options->config);
    command->add_option("path", options->paths, "Files and folders")->required();
    command->add_option("--database", options->database, "The target's database")->required();
    command->add_option("--table", options->table, "The target's table")->required();
    command->add_option("--format", options->format, "csv, json, multijson, parquet, …")
        ->required();
    command->add_option("--mapping", options->mapping, "ingestion_mapping_reference");
    command->add_flag("--ignore-first-record", options->ignore_first_record, "Skip a heading");
    command->add_option("--state-directory", options->state_directory, "Where the journal is kept");
    command->add_flag("--wait", options->wait, "Wait for the service's word on every file");
    command->add_flag("--json", options->json, "The report as JSON");
    add_duration(
        command,
        "--timeout",
        [options](duration time) { options->timeout = time; },
        "Give up waiting after this long (2h)"
    );
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_send(*options); };
    });
}

static void add_status(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::status_options>();
    options->config = default_config;
    auto* command = program.add_subcommand("status", "What the running daemon is doing");
    add_config(command, options->config);
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_status(*options); };
    });
}

static void add_journal(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::journal_options>();
    options->config = default_config;
    auto* command = program.add_subcommand("journal", "What became of every file, newest first");
    add_config(command, options->config);
    add_duration(
        command,
        "--since",
        [options](duration time) { options->since = time; },
        "Only what changed within this long: 1h, 7d"
    );
    command->add_option("--outcome", options->outcome, "Only this outcome")
        ->check(
            CLI::IsMember({"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"})
        );
    command->add_option("--watch", options->watch, "Only this watch");
    command->add_option("--file", options->file, "Only files of this glob");
    command->add_option("--source", options->source, "Only this source id");
    command->add_option("--limit", options->limit, "At most so many sources (1000)");
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_journal(*options); };
    });
}

static void add_retry(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::retry_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "retry", "Put quarantined and unconfirmed files back on their way, under their first names"
    );
    add_config(command, options->config);
    auto* which = command->add_option_group("which", "Which files; all that is given must match");
    which->add_option("--watch", options->watch, "Of this watch");
    which->add_option("--source", options->source, "Of this source id");
    which->add_option("--error", options->error, "That failed with this code");
    which->add_flag("--all", options->all, "Every one");
    which->require_option(1, 0);
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_retry(*options); };
    });
}

static void add_explain(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::explain_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "explain", "Why a file is or is not being shipped: every rule with its answer"
    );
    add_config(command, options->config);
    command->add_option("path", options->path, "The file")->required();
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_explain(*options); };
    });
}

static void add_plan(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::plan_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("plan", "What would be shipped where, grouped how; touches nothing");
    add_config(command, options->config);
    command->add_option("--watch", options->watch, "Only this watch");
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_plan(*options); };
    });
}

static void add_reload(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::reload_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "reload", "Ask the daemon to take the new configuration, and print its answer"
    );
    add_config(command, options->config);
    command->add_option("--socket", options->socket, "The daemon's admin socket");
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_reload(*options); };
    });
}

static void add_gen_dropin(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::gen_dropin_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "gen-dropin", "The systemd drop-in that opens the configured folders to the hardened unit"
    );
    add_config(command, options->config);
    command->add_flag("--folders", options->folders, "Only the folders, one a line");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_gen_dropin(*options); };
    });
}

int main(int argc, char** argv) {
    commands::keep_memory_private();
    CLI::App program(
        "Ships every file of its drop folders to Azure Data Explorer, and knows what became of it.",
        "kustodrop"
    );
    program.require_subcommand(1);
    std::function<int()> chosen;
    add_run(program, chosen);
    add_check(program, chosen);
    add_send(program, chosen);
    add_status(program, chosen);
    add_journal(program, chosen);
    add_retry(program, chosen);
    add_explain(program, chosen);
    add_plan(program, chosen);
    add_reload(program, chosen);
    add_gen_dropin(program, chosen);
    program.add_subcommand("version", "The version, the build, the libraries")->callback([&] {
        chosen = commands::command_version;
    });
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? commands::all_well : commands::bad_usage;
    }
    try {
        return chosen();
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "kustodrop: %s\n", error.what());
        return commands::bad_configuration;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kustodrop: a bug: %s\n", error.what());
        return commands::a_bug;
    }
}
