#include "base/text.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/watch/watch_texts.hpp"
#include "daemon/commands/support/archive.hpp"
#include "daemon/commands/support/support_commands.hpp"
#include "daemon/program.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace kustodrop::daemon {

namespace files = std::filesystem;

namespace {

// A value that a configuration needs: its option, and the question for it.
struct needed {
    std::string& value;
    const char* option;
    const char* question;
    std::string suggested = {};
};

}  // namespace

static bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

// False: the input has ended.
static bool ask(needed& one) {
    while (one.value.empty()) {
        auto offered = one.suggested.empty() ? std::string() : " [" + one.suggested + "]";
        std::fprintf(stderr, "%s%s: ", one.question, offered.c_str());
        std::string line;
        if (!std::getline(std::cin, line)) return false;
        one.value = std::string(trimmed(line));
        if (one.value.empty()) one.value = one.suggested;
    }
    return true;
}

// Asks on a terminal; elsewhere names every option that is missing.
static bool complete(std::vector<needed> all) {
    std::string missing;
    for (auto& one : all) {
        if (!one.value.empty()) continue;
        if (can_ask()) {
            if (!ask(one)) return false;
        } else if (!one.suggested.empty()) {
            one.value = one.suggested;
        } else {
            missing += std::string(missing.empty() ? "" : ", ") + one.option;
        }
    }
    if (missing.empty()) return true;
    std::fprintf(stderr, "init needs %s: there is no terminal to ask on\n", missing.c_str());
    return false;
}

static bool is_application(const std::string& auth) {
    return auth == "client_secret" || auth == "client_certificate";
}

static bool complete_all(init_options& it) {
    if (!complete({
            {it.endpoint,
             "--endpoint",
             "Ingestion endpoint (https://ingest-CLUSTER.REGION.kusto.windows.net)"},
            {it.auth, "--auth", "How to sign in", "managed_identity"},
        })) {
        return false;
    }
    std::vector<needed> of_application{
        {it.tenant_id, "--tenant-id", "Tenant id"}, {it.client_id, "--client-id", "Client id"}};
    if (is_application(it.auth) && !complete(of_application)) return false;
    return complete({
        {it.path, "--path", "Folder to watch", "/var/spool/kustodrop/web"},
        {it.database, "--database", "Database"},
        {it.table, "--table", "Table"},
        {it.format, "--format", "Format (csv, json, multijson, parquet, …)", "json"},
    });
}

// In quotes, whatever it holds; a dollar sign stays one.
static std::string quoted(const std::string& text) {
    std::string out;
    for (char c : text) out += c == '$' ? "$$" : std::string(1, c);
    return "\"" + json_escape(out) + "\"";
}

static std::string configuration(const init_options& it) {
    std::string out =
        "# yaml-language-server: $schema=/usr/share/kustodrop/kustodrop.schema.json\n"
        "# Written by kustodrop init. All keys: kustodrop.yaml(5).\n"
        "cluster:\n  ingestion_endpoint: " +
        quoted(it.endpoint) + "\n";
    out += "auth:\n  kind: " + it.auth + "\n";
    if (!it.tenant_id.empty()) out += "  tenant_id: " + quoted(it.tenant_id) + "\n";
    if (!it.client_id.empty()) out += "  client_id: " + quoted(it.client_id) + "\n";
    if (it.auth == "client_secret") out += "  client_secret: ${cred:client-secret}\n";
    if (it.auth == "client_certificate") {
        out += "  client_certificate_file: /etc/kustodrop/credentials/client.pem\n";
    }
    if (!it.state_directory.empty()) {
        out += "state_directory: " + quoted(it.state_directory) + "\n";
    }
    out += "watches:\n  - name: " + config::name_from_path(it.path) + "\n";
    out += "    path: " + quoted(it.path) + "\n";
    out += "    database: " + quoted(it.database) + "\n";
    out += "    table: " + quoted(it.table) + "\n";
    out += "    format: " + quoted(it.format) + "\n";
    return out;
}

// The folder that was there decides who may read and write what is made in it.
static void give_to_group_of(const files::path& parent, const std::string& path, mode_t mode) {
    struct stat facts {};
    bool known = ::stat(parent.c_str(), &facts) == 0;
    bool given = known && ::chown(path.c_str(), static_cast<uid_t>(-1), facts.st_gid) == 0;
    if (given) ::chmod(path.c_str(), mode);
}

static bool make_folder(const std::string& path) {
    std::error_code problem;
    if (files::is_directory(path, problem)) return true;
    auto parent = files::path(path).parent_path();
    files::create_directories(path, problem);
    if (problem) {
        auto why = problem.message();
        std::fprintf(stderr, "%s: %s\n", printable(path).c_str(), why.c_str());
        return false;
    }
    give_to_group_of(parent, path, 02770);
    std::printf("%s is made\n", printable(path).c_str());
    return true;
}

static void print_next(const init_options& it) {
    auto file = printable(it.config);
    auto context = context_of(it.config, "");
    std::puts("Next:");
    if (it.auth == "client_secret") {
        std::puts("  put the secret into /etc/kustodrop/credentials/client-secret (mode 0600)");
    }
    if (it.auth == "client_certificate") {
        std::puts("  put key and certificate into /etc/kustodrop/credentials/client.pem");
    }
    std::printf("  kustodrop check --config %s\n", file.c_str());
    std::puts("  mkdir -p /etc/systemd/system/kustodrop.service.d");
    std::printf(
        "  kustodrop gen-dropin%s >/etc/systemd/system/kustodrop.service.d/folders.conf\n",
        printable(context).c_str()
    );
    std::puts("  systemctl daemon-reload && systemctl restart kustodrop");
}

int command_init(init_options it) {
    if (::access(it.config.c_str(), F_OK) == 0) {
        std::fprintf(
            stderr,
            "%s is there already and is not overwritten; use --config for another one\n",
            printable(it.config).c_str()
        );
        return bad_usage;
    }
    if (!complete_all(it)) return bad_usage;
    while (it.path.size() > 1 && it.path.ends_with('/')) it.path.pop_back();
    auto text = configuration(it);
    auto checked = config::load_text(text, it.config, offline_environment());
    bool is_good = true;
    for (auto& problem : checked.problems) {
        if (problem.warning) continue;
        is_good = false;
        auto key = problem.key.empty() ? std::string() : problem.key + " ";
        std::fprintf(stderr, "%s%s\n", key.c_str(), problem.message.c_str());
    }
    if (!is_good) return bad_usage;
    if (!make_folder(it.path)) return bad_usage;
    auto written = write_new_file(it.config, text, 0640);
    if (written.has_error()) {
        std::fprintf(stderr, "%s\n", printable(written.error().detail).c_str());
        return bad_usage;
    }
    give_to_group_of(files::path(it.config).parent_path(), it.config, 0640);
    std::printf("%s is written\n", printable(it.config).c_str());
    print_next(it);
    return all_well;
}

}  // namespace kustodrop::daemon
