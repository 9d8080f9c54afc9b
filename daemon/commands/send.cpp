#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "config/clusters.hpp"
#include "config/keys/watch/watch_texts.hpp"
#include "config/reading/suggest.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/sending/chosen_cluster.hpp"
#include "daemon/commands/sending/sender.hpp"
#include "daemon/program.hpp"
#include "daemon/terminal/output.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

// The XDG state folder of the user, or the machine's for a service without a home.
static std::string default_state_directory() {
    auto* state = std::getenv("XDG_STATE_HOME");
    if (state && *state == '/') return std::string(state) + "/kustodrop";
    auto* home = std::getenv("HOME");
    if (home && *home == '/') return std::string(home) + "/.local/state/kustodrop";
    return "/var/lib/kustodrop-send";
}

static void print_json(const std::map<std::string, sent_file>& report) {
    std::string out = "[";
    for (auto& [path, file] : report) {
        if (out.size() > 1) out += ",";
        out += "\n  {\"file\": \"" + json_escape(file.path) + "\"";
        out += ", \"source_id\": \"" + json_escape(file.source_id) + "\"";
        out += ", \"state\": \"" + json_escape(file.state) + "\"";
        out += ", \"code\": \"" + json_escape(file.code) + "\"";
        out += ", \"details\": \"" + json_escape(file.details) + "\"}";
    }
    std::printf("%s\n]\n", without_secrets(std::move(out)).c_str());
}

// What is wrong with the names, which a watch would not be given either; empty: nothing.
static std::string name_error(const send_options& given) {
    auto about = [](const char* option, const std::string& name) -> std::string {
        auto is_control = [](unsigned char one) { return one < 0x20 || one == 0x7f; };
        auto problem = config::entity_problem(name);
        if (std::ranges::any_of(name, is_control)) problem = "has control characters; use one line";
        if (!problem) return {};
        return std::string(option) + ": \"" + printable(name) + "\" " + *problem;
    };
    auto wrong = about("--database", given.database);
    if (wrong.empty()) wrong = about("--table", given.table);
    if (wrong.empty() && !given.mapping.empty()) wrong = about("--mapping", given.mapping);
    return wrong;
}

// What is wrong with the options; empty: nothing.
static std::string usage_error(const send_options& given) {
    if (auto wrong = name_error(given); !wrong.empty()) return wrong;
    auto format = kusto::parse_data_format(given.format);
    if (!format) {
        std::vector<std::string_view> formats;
        for (auto one : kusto::every_data_format) formats.push_back(kusto::to_string(one));
        auto near = config::suggestion(given.format, formats);
        return "--format: \"" + printable(given.format) + "\" is not a data format of the service" +
               config::advice(near, "json, csv or another of docs/configuration.md");
    }
    if (given.delivery != "streaming") return {};
    if (given.ignore_first_record) {
        return "--ignore-first-record: cannot be used with --delivery streaming, which takes every "
               "line for data; send files without a header, or use --delivery queued";
    }
    if (kusto::can_be_streamed(*format)) return {};
    return "--format: " + given.format +
           " cannot be streamed; use csv, tsv, scsv, sohsv, psv, json, multijson or avro, or use "
           "--delivery queued";
}

int command_send(const send_options& given) {
    std::signal(SIGPIPE, SIG_IGN);
    auto options = given;
    if (auto wrong = usage_error(given); !wrong.empty()) {
        std::fprintf(stderr, "%s\n", wrong.c_str());
        return bad_usage;
    }
    if (options.state_directory.empty()) options.state_directory = default_state_directory();
    // Watches are for `run`: a configuration without any is enough here.
    auto settings = load_settings(options.config, "watches");
    if (!settings) return bad_configuration;
    auto chosen = choose_cluster(*settings, options.cluster, "--cluster");
    if (!chosen) return bad_usage;
    options.cluster = *chosen;
    settings = config::settings_at(*settings, *chosen);
    if (auto silence = silence_of(options.paths, patience_for_a_file)) {
        std::fprintf(stderr, "%s\n", to_string(*silence).c_str());
        return unreachable;
    }
    if (options.wait) settings->notifications.poll_interval = 1s;
    program around(log_level::error, settings->log.format);
    sender all(around.around(), *settings, options);
    int code = around.run(all.run());
    if (options.json) print_json(all.report().files());
    if (all.trouble()) {
        auto& problem = *all.trouble();
        auto line = without_secrets(to_string(problem));
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    if (all.was_interrupted()) {
        std::fputs(
            "interrupted: what is listed as not finished is sent when the same command is run "
            "again\n",
            stderr
        );
    }
    auto flushed = all.flush();
    if (flushed.has_error()) code = journal_io;
    code = end_with(code);
    std::fflush(nullptr);
    std::_Exit(code);
}

}  // namespace kustodrop::daemon
