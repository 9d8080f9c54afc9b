#pragma once

#include "config/load.hpp"

#include <map>
#include <string>
#include <string_view>

/// Configurations for tests, and a machine for them to refer to.
namespace kustodrop::test {

inline constexpr std::string_view whole_cluster =
    "cluster: {ingestion_endpoint: 'https://ingest-c.region.kusto.windows.net'}\n";
inline constexpr std::string_view whole_auth =
    "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: hunter2}\n";
inline constexpr std::string_view whole_watches =
    "watches: [{path: /drop/web, database: D, table: T, format: json}]\n";

/// Lines 1 to 3 of a configuration without problems; more may follow.
inline std::string minimal() {
    return std::string(whole_cluster) + std::string(whole_auth) + std::string(whole_watches);
}

/// A configuration that names the keys that most files name (docs/configuration.md).
inline constexpr std::string_view documented = R"(cluster:
  ingestion_endpoint: https://ingest-mycluster.westeurope.kusto.windows.net
  ingestion_resources_refresh_interval: 1h
  trusted_hosts: []                # extra hosts that may receive a token
  trusted_storage_hosts: []
auth:
  kind: managed_identity           # client_secret | client_certificate
  tenant_id: ""
  client_id: ""
  client_secret: ${cred:client-secret}
  client_certificate_file: ""      # PEM, key and certificate
  authority_host: ""
state_directory: /var/lib/kustodrop
watches:
  - name: web                      # unique, [a-z0-9-]+
    path: /srv/drop/web
    include: ["*.json", "*.json.gz"]
    exclude: []
    recursive: false
    watch_mode: auto               # auto | inotify | poll
    stable_for: 2s
    done_marker: ""
    claim: auto
    database: Logs
    table: Web
    format: json
    ingestion_mapping_reference: WebV1
    ignore_first_record: false
    tags: []
    creation_time_pattern: ""      # "'web-'yyyyMMdd'.json'"
    additional_properties: {}
    deduplicate: off               # off | tags
    on_success: archive            # archive | delete | keep
    on_failure: quarantine         # quarantine | keep
    on_unconfirmed: keep
    act_after: outcome
    max_pending: 100000
    priority: normal
    coalesce: {max_files: 1, max_bytes: 100MiB, max_age: 30s}   # max_files 1 = one blob a file
upload:
  concurrency: 32                  # sources in flight
  memory: 32MiB
  compression: fast                # fast | dense | none
  block_size: 4MiB
  bandwidth_limit: 0               # bytes/s, 0 = none
notifications:
  report_level: all                # all | failures | none
  report_method: queue             # queue | table
  poll_interval: 10s
  foreign_messages: leave          # leave | discard
  outcome_timeout: 2h
retention: {archive_for: 7d, archive_bytes: 10GiB, journal_for: 90d, min_free: 5%}
network: {proxy: "", ca_file: "", min_tls: "1.2", connect_timeout: 10s, io_timeout: 60s}
admin: {listen: "unix:/run/kustodrop/admin.sock", http: "127.0.0.1:9464"}
log: {level: info, format: auto}
)";

/// Variables and files that exist only here.
struct machine {
    std::map<std::string, std::string> variables = {};
    std::map<std::string, std::string> files = {};
    std::string credentials_directory = "/credentials";
    bool may_start_programs = true;

    config::environment environment() const {
        config::environment out;
        out.may_start_programs = may_start_programs;
        out.variable = [*this](const std::string& name) -> std::optional<std::string> {
            auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
        out.read_file = [*this](const std::string& path) -> result<std::string> {
            auto found = files.find(path);
            if (found != files.end()) {
                return result<std::string>(boost::system::in_place_value, found->second);
            }
            return failure{
                errc::unreadable, remedy::reconfigure, path + ": No such file or directory"};
        };
        out.credentials_directory = credentials_directory;
        return out;
    }
};

inline config::loaded load(std::string_view text, const machine& machine = {}) {
    return config::load_text(text, "k.yaml", machine.environment());
}

/// All problems, a line each, as they are printed.
inline std::string printed(const config::loaded& loaded) {
    std::string out;
    for (auto& problem : loaded.problems) out += to_string(problem) + "\n";
    return out;
}

inline std::string problems_of(std::string_view text, const machine& machine = {}) {
    return printed(load(text, machine));
}

}  // namespace kustodrop::test
