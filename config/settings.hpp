#pragma once

#include "async/timetable.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "http/client/tls_version.hpp"
#include "http/url.hpp"
#include "kusto/rest/transport_wish.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/watch/watch_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The configuration as values: the options of the parts that use it, and what belongs to the
/// program itself. Nothing here reads or checks anything.
namespace kustodrop::config {

using pipeline::watch_options;

enum class auth_kind {
    client_secret,
    client_certificate,
    managed_identity,
    workload_identity,
    azure_cli,
};
enum class assertion_algorithm { automatic, ps256, rs256 };
enum class drain_scope { requests, folder };
enum class fleet_sources { failures, all };

struct cluster_settings {
    http::url ingestion_endpoint;
    duration ingestion_resources_refresh_interval = 1h;
    kusto::transport_wish transport = kusto::transport_wish::automatic;
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

/// One of several clusters.
struct named_cluster {
    std::string name;  // [a-z0-9-]+
    cluster_settings cluster = {};
    auth_settings auth = {};
    friend bool operator==(const named_cluster&, const named_cluster&) = default;
};

struct upload_settings {
    std::uint64_t concurrency = 32;
    std::uint64_t memory_bytes = 32ULL << 20;
    timetable bandwidth_limit;  // Bytes per second.
    pipeline::shipper_options shipper;
    friend bool operator==(const upload_settings&, const upload_settings&) = default;
};

/// The table that all daemons of an operator report to.
struct fleet_settings {
    std::string database;  // Empty: off.
    std::string cluster;   // Of several: the one of the table.
    std::string table = "KustodropFleet";
    duration interval = 5min;
    fleet_sources sources = fleet_sources::failures;  // Which have a row each.
    friend bool operator==(const fleet_settings&, const fleet_settings&) = default;
};

struct retention_settings {
    duration archive_for = 24h * 7;
    std::uint64_t archive_bytes = 10ULL << 30;
    duration quarantine_for{};           // 0: no limit.
    std::uint64_t quarantine_bytes = 0;  // The same.
    duration journal_for = 24h * 90;
    double min_free_percent = 5;
    friend bool operator==(const retention_settings&, const retention_settings&) = default;
};

struct network_settings {
    std::string proxy;           // "http://host:port", from here or from HTTPS_PROXY; empty: none.
    secret proxy_authorization;  // "Basic …"; empty: none.
    std::string no_proxy;        // The form of NO_PROXY: http::proxy_exceptions.
    std::string ca_file;         // Empty: the system's store alone.
    http::tls_version min_tls = http::tls_version::v1_2;
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
    cluster_settings cluster;  // Of the only one; unused where `clusters` has any.
    auth_settings auth;
    std::vector<named_cluster> clusters;
    std::string state_directory = "/var/lib/kustodrop";
    std::vector<watch_options> watches;
    upload_settings upload;
    pipeline::outcomes_options notifications;
    fleet_settings fleet;
    retention_settings retention;
    network_settings network;
    drain_settings drain;
    admin_settings admin;
    log_settings log;
    friend bool operator==(const settings&, const settings&) = default;
};

}  // namespace kustodrop::config
