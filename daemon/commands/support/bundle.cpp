#include "async/child.hpp"
#include "base/text.hpp"
#include "config/effective.hpp"
#include "config/reading/file_content.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/failures/failures_report.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/commands/support/archive.hpp"
#include "daemon/commands/support/scrub.hpp"
#include "daemon/commands/support/support_commands.hpp"
#include "daemon/program.hpp"

#include <boost/json.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <unistd.h>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::size_t journal_head = 500;
static constexpr std::size_t longest_log = 2 << 20;
static constexpr auto lines_of_log = "5000";

namespace {

// Puts texts into the archive, each without secrets, and remembers what could not be had.
class collection {
public:
    explicit collection(archive& into) : into_(into) {}

    void add(std::string_view name, const std::string& text) {
        auto safe = scrubbed(text);
        if (!safe.ends_with('\n')) safe += '\n';
        into_.add(name, safe);
        contents += "  " + std::string(name) + "\n";
    }

    void add(std::string_view name, const result<std::string>& text) {
        if (text) return add(name, *text);
        auto why = scrubbed(text.error().message());
        contents += "  " + std::string(name) + " is missing: " + why + "\n";
    }

    std::string contents;

private:
    archive& into_;
};

}  // namespace

static std::string configuration_text(const config::loaded& loaded) {
    std::string out;
    for (auto& problem : loaded.problems) out += "# " + to_string(problem) + "\n";
    if (loaded.ok()) out += config::effective_yaml(config::effective_values(loaded));
    return out;
}

static result<std::string> journal_of(const question_settings& asking) {
    spool::journal_query query;
    query.limit = journal_head;
    auto rows = rows_of(asking, query);
    if (rows.has_error()) return rows.error();
    std::string out;
    for (auto& row : *rows) out += json::serialize(row) + "\n";
    return {boost::system::in_place_value, std::move(out)};
}

static result<std::string> failures_of(const question_settings& asking) {
    auto report = failures_report(asking, "");
    if (report.has_error()) return report.error();
    return {boost::system::in_place_value, json::serialize(*report)};
}

// What this program itself prints: its own answers need no second way to be made.
static result<std::string> output_of(std::vector<std::string> command) {
    real_clock time;
    auto ended = run_child(command, time, {30s, longest_log});
    if (ended.has_error()) return ended.error();
    return {boost::system::in_place_value, ended->out + ended->err};
}

static result<std::string> own_output(std::vector<std::string> arguments) {
    std::array<char, 4096> path{};
    auto length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (length < 0) {
        return failure{errc::unreadable, remedy::give_up, "the program's own path is not known"};
    }
    arguments.insert(arguments.begin(), std::string(path.data(), static_cast<std::size_t>(length)));
    return output_of(std::move(arguments));
}

static result<std::string> log_of(const std::string& path) {
    if (path.empty()) {
        return output_of(
            {"journalctl",
             "--unit",
             "kustodrop*",
             "--lines",
             lines_of_log,
             "--output",
             "short-iso",
             "--no-pager",
             "--quiet"}
        );
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) return failure{errc::unreadable, remedy::give_up, path + ": cannot be read"};
    file.seekg(0, std::ios::end);
    auto size = static_cast<std::size_t>(file.tellg());
    file.seekg(static_cast<std::streamoff>(size > longest_log ? size - longest_log : 0));
    std::string out(std::istreambuf_iterator<char>(file), {});
    return {boost::system::in_place_value, std::move(out)};
}

static std::string default_name(wall_time now) {
    auto time = to_iso8601(now).substr(0, 19);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return "kustodrop-bundle-" + time + ".tar.gz";
}

int command_bundle(const bundle_options& options) {
    // Known secrets are looked for in everything: those that may be read are.
    auto with_secrets = load_configuration(options.config);
    auto loaded = load_offline(options.config, {});
    question_settings asking{loaded.values, loaded.ok()};
    if (!options.socket.empty()) {
        bool has_scheme = options.socket.starts_with("unix:");
        asking.settings.admin.listen = has_scheme ? options.socket.substr(5) : options.socket;
    }
    auto& socket = asking.settings.admin.listen;
    auto now = real_clock().wall_now();
    auto path = options.file.empty() ? default_name(now) : options.file;
    archive made("kustodrop-bundle", now);
    collection all(made);
    all.add("configuration.yaml", configuration_text(loaded));
    all.add("version.txt", own_output({"version"}));
    all.add("check.txt", own_output({"check", "--offline", "--config", options.config}));
    all.add("status.json", ask_daemon(socket, "/status"));
    all.add("metrics.txt", ask_daemon(socket, "/metrics"));
    all.add("failures.json", failures_of(asking));
    all.add("journal.jsonl", journal_of(asking));
    all.add("log.txt", log_of(options.log));
    auto about = "Made by kustodrop bundle at " + to_iso8601(now) +
                 ". Secrets are left out; names of files, folders and hosts are not.\n" +
                 all.contents;
    made.add("README.txt", about);
    auto written = write_new_file(path, made.finish(), 0600);
    if (written.has_error()) {
        std::fprintf(stderr, "%s\n", printable(written.error().detail).c_str());
        return bad_usage;
    }
    std::printf("%s:\n%s", printable(path).c_str(), all.contents.c_str());
    std::puts("Look through it before you send it: names of files, folders and hosts are in it.");
    return all_well;
}

}  // namespace kustodrop::daemon
