// The command line (docs/operations.md §2). Each command has its own file.
#include "base/static_program.hpp"
#include "daemon/command_line/fleet_commands.hpp"
#include "daemon/command_line/infer_command.hpp"
#include "daemon/command_line/mistakes.hpp"
#include "daemon/command_line/options.hpp"
#include "daemon/command_line/reconcile_command.hpp"
#include "daemon/command_line/support_commands.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/run/process_secrecy.hpp"
#include "daemon/terminal/arguments.hpp"
#include "daemon/terminal/output.hpp"
#include "http/client/beast_transport.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>

using namespace kustodrop;
using namespace kustodrop::command_line;
namespace commands = kustodrop::daemon;

static constexpr auto examples = R"(Examples:
  kustodrop check                                 before the first start
  kustodrop status --watch                        what the daemon is doing, live
  kustodrop journal --since 1d --outcome failed   what failed, and why
  kustodrop explain /srv/drop/web/a.json          why a file is not shipped
  kustodrop retry --all                           after the cause was corrected

See `kustodrop COMMAND --help` and kustodrop(8).)";

static void add_run(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::run_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("run", "Watch the configured folders and ship their files");
    describe(command, daily, "run --config /etc/kustodrop/kustodrop.yaml");
    add_config(command, options->config);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_run(*options); };
    });
}

static void add_check(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::check_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "check", "Validate the configuration, then test every step to the service"
    );
    describe(command, looking, "check --offline");
    add_config(command, options->config);
    command->add_flag(
        "--offline", options->offline, "Only the configuration and the folders, without the network"
    );
    add_offline_options(command, *options);
    add_sample_options(command, *options);
    command->add_flag("--verbose", options->verbose, "A line for each container and queue");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_check(*options); };
    });
}

static void add_send(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::send_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "send", "Ship files or folders once, in place; nothing is moved or deleted"
    );
    describe(command, daily, "send out/*.csv --database Logs --table Web --format csv --wait");
    add_config(command, options->config);
    command->add_option("path", options->paths, "Files and folders")->required()->type_name("PATH");
    auto named = [&](const char* name, std::string& value, const char* meaning) {
        return command->add_option(name, value, meaning)->type_name("NAME");
    };
    named("--database", options->database, "Database of the target")->required();
    named("--table", options->table, "Table of the target")->required();
    named("--cluster", options->cluster, "Which of several configured clusters");
    named("--format", options->format, "csv, json, multijson, parquet, …")->required();
    named("--mapping", options->mapping, "Ingestion mapping of the table");
    command
        ->add_option(
            "--delivery",
            options->delivery,
            "queued, or streaming: small files straight to the table"
        )
        ->type_name("WAY")
        ->check(CLI::IsMember({"queued", "streaming"}));
    command->add_flag(
        "--ignore-first-record", options->ignore_first_record, "Leave out the header of each file"
    );
    command
        ->add_option(
            "--state-directory", options->state_directory, "Folder of the journal of sent files"
        )
        ->type_name("FOLDER");
    command->add_flag("--wait", options->wait, "Wait for the outcome of every file");
    add_json(command, options->json);
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
    auto* command =
        program.add_subcommand("status", "Show the running daemon, once or (--watch) every second");
    describe(command, daily, "status --watch");
    add_config(command, options->config);
    add_socket(command, options->socket);
    auto* watch = command->add_flag(
        "--watch",
        options->watch,
        "Live, until Ctrl-C or q; in a pipe a block of text for each interval"
    );
    add_duration(
        command,
        "--interval",
        [options](duration time) { options->interval = std::clamp<duration>(time, 100ms, 1h); },
        "Interval of --watch (1s)"
    )
        ->needs(watch);
    command->add_flag("--json", options->json, "Print JSON")->excludes(watch);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_status(*options); };
    });
}

static void add_journal(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::journal_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("journal", "Show every file with its outcome, newest first");
    describe(command, daily, "journal --since 1h --outcome failed");
    add_config(command, options->config);
    add_socket(command, options->socket);
    command
        ->add_option(
            "--since", options->since, "Only what changed since: 1h, yesterday, 2026-11-27"
        )
        ->type_name("TIME");
    command
        ->add_option("--until", options->until, "Only what changed before: 1h, today, 2026-11-27")
        ->type_name("TIME");
    command->add_option("--outcome", options->outcome, "Only this outcome")
        ->check(
            CLI::IsMember({"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"})
        );
    command->add_option("--watch", options->watch, "Only this watch");
    command->add_option("--file", options->file, "Only files that match this glob, or full path");
    command->add_flag(
        "--ranges", options->ranges, "What became of the bytes of the log --file PATH"
    );
    command->add_option("--at", options->at, "What became of this byte of the log --file PATH")
        ->type_name("OFFSET")
        ->check(CLI::Range(0LL, 9'000'000'000'000'000'000LL));
    command->add_option("--source", options->source, "Only this source id");
    command->add_flag(
        "--summary", options->summary, "Counts by day, watch, outcome and code instead of files"
    );
    command->add_option("--limit", options->limit, "At most this many files (1000)")
        ->check(CLI::Range(1LL, 1'000'000'000LL));
    command->add_option("--export", options->copy_to, "Copy the whole journal to a new SQLite file")
        ->type_name("FILE");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_journal(*options); };
    });
}

static void add_retry(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::retry_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "retry", "Send quarantined and unconfirmed files again, under their original names"
    );
    describe(command, changing, "retry --watch web --error BadRequest_InvalidMapping");
    add_config(command, options->config);
    add_socket(command, options->socket);
    auto* which = command->add_option_group("which", "Which files; all given options must match");
    // What a script leaves empty by mistake must not mean all files.
    auto given = [](const std::string& text) { return text.empty() ? "it is empty" : ""; };
    auto* watch = which->add_option("--watch", options->watch, "Files of this watch");
    auto* source = which->add_option("--source", options->source, "The file of this source id");
    auto* error = which->add_option("--error", options->error, "Files that failed with this code");
    auto* file =
        which->add_option("--file", options->file, "Files that match this glob, or full path");
    which->add_flag("--all", options->all, "All of them; no other choice beside it");
    for (auto* one : {watch, source, error, file}) one->check(CLI::Validator(given, ""));
    which->require_option(1, 0);
    command->add_flag("--dry-run", options->dry_run, "Only show what would be sent again");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_retry(*options); };
    });
}

static void add_explain(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::explain_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "explain", "Explain why a file is or is not shipped: every rule with its answer"
    );
    describe(command, looking, "explain /srv/drop/web/a.json");
    add_config(command, options->config);
    add_socket(command, options->socket);
    command->add_option("path", options->path, "The file")->required();
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_explain(*options); };
    });
}

static void add_plan(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::plan_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "plan", "Show what would be shipped where, and grouped how; changes nothing"
    );
    describe(command, looking, "plan --watch web");
    add_config(command, options->config);
    command->add_option("--watch", options->watch, "Only this watch");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_plan(*options); };
    });
}

static void add_reload(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::reload_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "reload", "Make the daemon read its configuration again, and print the result"
    );
    describe(command, changing, "reload");
    add_config(command, options->config);
    add_socket(command, options->socket);
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_reload(*options); };
    });
}

static void add_gen_dropin(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::gen_dropin_options>();
    options->config = default_config;
    auto* command = program.add_subcommand(
        "gen-dropin",
        "Print the systemd drop-in that gives the unit access to the configured folders"
    );
    describe(command, changing, "gen-dropin >/etc/systemd/system/kustodrop.service.d/folders.conf");
    add_config(command, options->config);
    command->add_flag("--folders", options->folders, "Only the folders, one on each line");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_gen_dropin(*options); };
    });
}

static void add_version(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::version_options>();
    auto* command =
        program.add_subcommand("version", "Show the versions of the program and its libraries");
    describe(command, looking, "version --json");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_version(*options); };
    });
}

static int run_program(int argc, char** argv) {
    keep_to_own_code();
    commands::keep_memory_private();
    CLI::App program(
        "Ships files from drop folders to Azure Data Explorer and records the outcome of each one.",
        "kustodrop"
    );
    program.require_subcommand(1);
    program.footer(examples);
    auto labels = help_layout();
    program.formatter(labels);
    labels->label("SUBCOMMAND", "COMMAND");
    labels->label("REQUIRED", "(required)");
    std::function<int()> chosen;
    add_run(program, chosen);
    add_status(program, chosen);
    add_journal(program, chosen);
    add_send(program, chosen);
    add_check(program, chosen);
    add_plan(program, chosen);
    add_explain(program, chosen);
    command_line::add_infer(program, chosen);
    command_line::add_fleet_commands(program, chosen);
    command_line::add_reconcile(program, chosen);
    add_version(program, chosen);
    add_reload(program, chosen);
    add_retry(program, chosen);
    add_gen_dropin(program, chosen);
    add_support_commands(program, chosen);
    auto arguments = commands::arranged({argv + 1, argv + argc});
    try {
        // It wants the last one first.
        program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        // Asking for help is one only with a command that does not exist.
        bool is_mistake = error.get_exit_code() != 0;
        auto said = about_mistake(program, arguments, is_mistake);
        if (!said.empty()) {
            std::fputs(said.c_str(), stderr);
            return commands::bad_usage;
        }
        return program.exit(error) == 0 ? commands::all_well : commands::bad_usage;
    }
    try {
        return chosen();
    } catch (const http::unusable_options& error) {
        std::fprintf(stderr, "kustodrop: %s\n", error.what());
        return commands::bad_configuration;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kustodrop: internal error (please report it): %s\n", error.what());
        return commands::a_bug;
    }
}

int main(int argc, char** argv) { return commands::end_with(run_program(argc, argv)); }
