#pragma once

#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The configuration as values: what docs/configuration.md names, with its defaults. Members are
/// called as their keys; a size says so with _bytes. Nothing here reads or checks anything.
namespace kustodrop::config {

// Every choice is an enum of the words of docs/configuration.md; words that C++ keeps for itself
// have a longer name (auto: automatic, delete: remove).

enum class auth_kind {
    client_secret,
    client_certificate,
    managed_identity,
    workload_identity,
    azure_cli,
};
enum class assertion_algorithm { automatic, ps256, rs256 };
enum class watch_mode { automatic, inotify, poll };
enum class claim_mode { automatic, rename, in_place };
enum class on_success { archive, remove, keep };
enum class on_failure { quarantine, keep };
enum class on_unconfirmed { keep, archive, repost };
enum class act_after { outcome, posted };
enum class deduplicate { off, tags };
enum class compression { fast, dense, none };
enum class report_level { all, failures, none };
enum class report_method { queue, table };
enum class foreign_messages { leave, discard };
enum class drain_scope { requests, folder };
enum class tls_version { tls_1_2, tls_1_3 };
enum class data_format {
    csv,
    tsv,
    scsv,
    sohsv,
    psv,
    txt,
    tsve,
    raw,
    json,
    multijson,
    avro,
    apacheavro,
    parquet,
    orc,
    sstream,
    w3clogfile,
};

/// The word of the configuration: "auto", "delete", "1.2".
std::string_view to_string(auth_kind);
std::string_view to_string(assertion_algorithm);
std::string_view to_string(watch_mode);
std::string_view to_string(claim_mode);
std::string_view to_string(on_success);
std::string_view to_string(on_failure);
std::string_view to_string(on_unconfirmed);
std::string_view to_string(act_after);
std::string_view to_string(deduplicate);
std::string_view to_string(compression);
std::string_view to_string(report_level);
std::string_view to_string(report_method);
std::string_view to_string(foreign_messages);
std::string_view to_string(drain_scope);
std::string_view to_string(tls_version);
std::string_view to_string(data_format);  ///< Also the message's `format` (docs/protocol.md §7.3).

/// The format of that name, for `send --format`; nothing if there is none.
std::optional<data_format> parse_data_format(std::string_view name);

/// Whether gzip pays: not for formats that compress themselves (docs/protocol.md §5.3).
bool is_compressible(data_format);

/// The message's `ingestionMappingType`: "Csv", "Json", "W3CLogFile" (docs/protocol.md §7.3).
std::string_view mapping_kind(data_format);

/// With its dot, for blob names: ".json" (docs/protocol.md §7.3).
std::string_view file_extension(data_format);

/// Whether records are lines of columns, so that a first one can be a heading.
bool is_tabular(data_format);

struct cluster_settings {
    http::url ingestion_endpoint;
    duration ingestion_resources_refresh_interval = 1h;
    std::vector<std::string> trusted_hosts;          // Lower case; ".suffix" stands for all below.
    std::vector<std::string> trusted_storage_hosts;  // The same.
    friend bool operator==(const cluster_settings&, const cluster_settings&) = default;
};

struct auth_settings {
    auth_kind kind = auth_kind::managed_identity;
    std::string tenant_id;
    std::string client_id;
    secret client_secret;
    std::string client_secret_source;  // "${cred:…}" or "${file:…}" to read it again; else empty.
    std::string client_certificate_file;
    config::assertion_algorithm assertion_algorithm = config::assertion_algorithm::automatic;
    bool send_certificate_chain = false;
    std::string object_id;    // Of a user-assigned identity, where client_id does not name it,
    std::string resource_id;  // nor this.
    std::string federated_token_file;
    std::optional<http::url> authority_host;  // None: what the cluster's auth metadata says.
    friend bool operator==(const auth_settings&, const auth_settings&) = default;
};

struct coalesce_settings {
    std::uint64_t max_files = 1;
    std::uint64_t max_bytes = 100ULL << 20;
    duration max_age = 30s;
    friend bool operator==(const coalesce_settings&, const coalesce_settings&) = default;
};

/// One drop folder with its target.
struct watch {
    std::string name;
    std::string path;  // Absolute, normal, without a slash at the end.
    std::vector<std::string> include{"*"};
    std::vector<std::string> exclude;
    bool recursive = false;
    config::watch_mode watch_mode = config::watch_mode::automatic;
    duration stable_for = 2s;
    std::string done_marker;
    claim_mode claim = claim_mode::automatic;
    std::string database;
    std::string table;
    data_format format = data_format::csv;  // Always given: it has no default.
    std::string ingestion_mapping_reference;
    bool ignore_first_record = false;
    std::vector<std::string> tags;
    std::string creation_time_pattern;  // Valid: spool::creation_time_pattern::parse takes it.
    std::map<std::string, std::string> additional_properties;
    config::deduplicate deduplicate = config::deduplicate::off;
    duration batching_time = 5min;  // Of the table's ingestion batching policy.
    config::on_success on_success = config::on_success::archive;
    config::on_failure on_failure = config::on_failure::quarantine;
    config::on_unconfirmed on_unconfirmed = config::on_unconfirmed::keep;
    config::act_after act_after = config::act_after::outcome;
    std::uint64_t max_pending = 100000;
    coalesce_settings coalesce;
    friend bool operator==(const watch&, const watch&) = default;
};

struct upload_settings {
    std::uint64_t concurrency = 32;
    std::uint64_t memory_bytes = 32ULL << 20;
    config::compression compression = config::compression::fast;
    std::uint64_t compression_threads = 0;  // 0: one for each processor.
    std::uint64_t block_size_bytes = 4ULL << 20;
    std::uint64_t bandwidth_limit_bytes = 0;  // A second; 0 is none.
    duration repost_after = 30s;
    friend bool operator==(const upload_settings&, const upload_settings&) = default;
};

struct notifications_settings {
    config::report_level report_level = config::report_level::all;
    config::report_method report_method = config::report_method::queue;
    duration poll_interval = 10s;
    config::foreign_messages foreign_messages = config::foreign_messages::leave;
    duration outcome_timeout = 2h;
    friend bool operator==(const notifications_settings&, const notifications_settings&) = default;
};

struct retention_settings {
    duration archive_for = 24h * 7;
    std::uint64_t archive_bytes = 10ULL << 30;
    duration journal_for = 24h * 90;
    double min_free_percent = 5;
    friend bool operator==(const retention_settings&, const retention_settings&) = default;
};

struct network_settings {
    std::string proxy;           // "http://host:port", from here or from HTTPS_PROXY; empty: none.
    secret proxy_authorization;  // "Basic …"; empty: none.
    std::string no_proxy;        // The form of NO_PROXY: http::proxy_exceptions.
    std::string ca_file;         // Empty: the system's store alone.
    tls_version min_tls = tls_version::tls_1_2;
    duration connect_timeout = 10s;
    duration io_timeout = 60s;
    friend bool operator==(const network_settings&, const network_settings&) = default;
};

struct tcp_address {
    std::string host;        // A name or an IP address, without brackets.
    std::uint16_t port = 0;  // 0: any free one.
    friend bool operator==(const tcp_address&, const tcp_address&) = default;
};

/// What is still done after SIGTERM.
struct drain_settings {
    drain_scope scope = drain_scope::requests;
    duration timeout = 20s;
    friend bool operator==(const drain_settings&, const drain_settings&) = default;
};

struct admin_settings {
    std::string listen = "/run/kustodrop/admin.sock";  // Without "unix:"; empty is off.
    std::optional<tcp_address> http = tcp_address{"127.0.0.1", 9464};  // None is off.
    friend bool operator==(const admin_settings&, const admin_settings&) = default;
};

struct log_settings {
    log_level level = log_level::info;
    std::optional<log_format> format;  // None is auto: detected_log_format().
    friend bool operator==(const log_settings&, const log_settings&) = default;
};

struct settings {
    cluster_settings cluster;
    auth_settings auth;
    std::string state_directory = "/var/lib/kustodrop";
    std::vector<watch> watches;
    upload_settings upload;
    notifications_settings notifications;
    retention_settings retention;
    network_settings network;
    drain_settings drain;
    admin_settings admin;
    log_settings log;
    friend bool operator==(const settings&, const settings&) = default;
};

}  // namespace kustodrop::config
