// The command line (docs/operations.md §2). Each command has its own file.
#include "config/quantities.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/run/process_secrecy.hpp"
#include "http/client/beast_transport.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>

using namespace kustodrop;
namespace commands = kustodrop::daemon;

static constexpr auto default_config = "/etc/kustodrop/kustodrop.yaml";

// How --help groups the commands.
static constexpr auto daily = "Day by day";
static constexpr auto looking = "Looking into it";
static constexpr auto changing = "Changing and mending";

static constexpr auto examples = R"(Examples:
  kustodrop check                                 before the first start
  kustodrop status --watch                        what the daemon is doing, live
  kustodrop journal --since 1d --outcome failed   what failed, in the service's words
  kustodrop explain /srv/drop/web/a.json          why it is not shipped
  kustodrop retry --all                           when the cause is mended

`kustodrop COMMAND --help` says more of each, and so does kustodrop(8).)";

static CLI::Option* add_config(CLI::App* command, std::string& path) {
    return command->add_option("--config", path, "The configuration file")
        ->default_str(default_config)
        ->type_name("FILE");
}

static void add_json(CLI::App* command, bool& json) {
    command->add_flag("--json", json, "As JSON, for programs");
}

// Its group, and what it looks like on a command line.
static void describe(CLI::App* command, const char* group, const std::string& example) {
    command->group(group);
    command->footer("Example:\n  kustodrop " + example);
}

static CLI::Option* add_duration(
    CLI::App* command, std::string name, std::function<void(duration)> set, std::string help
) {
    auto read = [set = std::move(set)](const std::string& text) {
        auto time = config::parse_duration(text);
        if (time.has_error()) throw CLI::ValidationError(text, time.error().detail);
        set(*time);
    };
    return command->add_option_function<std::string>(std::move(name), read, std::move(help))
        ->type_name("DURATION");
}

static void add_run(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::run_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("run", "Watch the configured folders and ship what lands");
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
        "check", "Validate the configuration, then walk every step to the service"
    );
    describe(command, looking, "check --offline");
    add_config(command, options->config);
    command->add_flag("--offline", options->offline, "Only the configuration and the folders");
    add_json(command, options->json);
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
    describe(command, daily, "send out/*.csv --database Logs --table Web --format csv --wait");
    add_config(command, options->config);
    command->add_option("path", options->paths, "Files and folders")->required()->type_name("PATH");
    auto named = [&](const char* name, std::string& value, const char* meaning) {
        return command->add_option(name, value, meaning)->type_name("NAME");
    };
    named("--database", options->database, "The target's database")->required();
    named("--table", options->table, "The target's table")->required();
    named("--format", options->format, "csv, json, multijson, parquet, …")->required();
    named("--mapping", options->mapping, "ingestion_mapping_reference");
    command->add_flag("--ignore-first-record", options->ignore_first_record, "Skip a heading");
    command->add_option("--state-directory", options->state_directory, "Where the journal is kept")
        ->type_name("FOLDER");
    command->add_flag("--wait", options->wait, "Wait for the service's word on every file");
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
    auto* command = program.add_subcommand(
        "status", "What the running daemon is doing, now or (--watch) every second"
    );
    describe(command, daily, "status --watch");
    add_config(command, options->config);
    auto* watch = command->add_flag(
        "--watch", options->watch, "Live, until Ctrl-C or q; in a pipe a block of text each time"
    );
    add_duration(
        command,
        "--interval",
        [options](duration time) { options->interval = std::clamp<duration>(time, 100ms, 1h); },
        "How often with --watch (1s)"
    )
        ->needs(watch);
    command->add_flag("--json", options->json, "As JSON, for programs")->excludes(watch);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_status(*options); };
    });
}

static void add_journal(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::journal_options>();
    options->config = default_config;
    auto* command = program.add_subcommand("journal", "What became of every file, newest first");
    describe(command, daily, "journal --since 1h --outcome failed");
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
    add_json(command, options->json);
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
    describe(command, changing, "retry --watch web --error BadRequest_InvalidMapping");
    add_config(command, options->config);
    auto* which = command->add_option_group("which", "Which files; all that is given must match");
    which->add_option("--watch", options->watch, "Of this watch");
    which->add_option("--source", options->source, "Of this source id");
    which->add_option("--error", options->error, "That failed with this code");
    which->add_flag("--all", options->all, "Every one");
    which->require_option(1, 0);
    add_json(command, options->json);
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
    describe(command, looking, "explain /srv/drop/web/a.json");
    add_config(command, options->config);
    command->add_option("path", options->path, "The file")->required();
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_explain(*options); };
    });
}

static void add_plan(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::plan_options>();
    options->config = default_config;
    auto* command =
        program.add_subcommand("plan", "What would be shipped where, grouped how; touches nothing");
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
        "reload", "Ask the daemon to take the new configuration, and print its answer"
    );
    describe(command, changing, "reload");
    add_config(command, options->config);
    command->add_option("--socket", options->socket, "The daemon's admin socket");
    add_json(command, options->json);
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
    describe(command, changing, "gen-dropin >/etc/systemd/system/kustodrop.service.d/folders.conf");
    add_config(command, options->config);
    command->add_flag("--folders", options->folders, "Only the folders, one a line");
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_gen_dropin(*options); };
    });
}

static void add_version(CLI::App& program, std::function<int()>& chosen) {
    auto options = std::make_shared<commands::version_options>();
    auto* command = program.add_subcommand("version", "The version, the build, the libraries");
    describe(command, looking, "version --json");
    add_json(command, options->json);
    command->callback([options, &chosen] {
        chosen = [options] { return commands::command_version(*options); };
    });
}

int main(int argc, char** argv) {
    commands::keep_memory_private();
    CLI::App program(
        "Ships every file of its drop folders to Azure Data Explorer, and knows what became of it.",
        "kustodrop"
    );
    program.require_subcommand(1);
    program.footer(examples);
    auto labels = program.get_formatter();
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
    add_version(program, chosen);
    add_reload(program, chosen);
    add_retry(program, chosen);
    add_gen_dropin(program, chosen);
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
