#pragma once

#include "async/clock.hpp"
#include "async/recurring.hpp"
#include "async/refreshed.hpp"
#include "async/task_group.hpp"
#include "azure/identity/token_source.hpp"
#include "azure/storage/blob.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/table.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "config/load.hpp"
#include "http/client/beast_transport.hpp"
#include "http/skew_meter.hpp"
#include "kusto/cloud.hpp"
#include "kusto/management.hpp"
#include "kusto/resources.hpp"
#include "kusto/rest/rest_client.hpp"
#include "kusto/rest/transport_keeper.hpp"
#include "kusto/storage_router.hpp"
#include "kusto/streaming/streaming_client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// What every part of the program is built with.
struct surroundings {
    asio::any_io_executor executor;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
    http::transport* network = nullptr;  // Instead of the real one.
    bool threads = true;  // False: blocking work runs inline, and nothing waits for the disk.
};

/// The service as this program knows it: transport, credentials, caches and clients, built in the
/// order in which they need each other.
class connection {
public:
    connection(
        surroundings around, const config::settings& settings, config::environment environment
    );

    /// Uses other credentials and rules about hosts from the next request on; the token in hand
    /// stays in use until there is a new one.
    void change(const config::settings& settings);

    /// Keeps token, resources, identity token and the choice of the transport fresh.
    void start(task_group& tasks);

    /// A client of the cluster's query endpoint, with our token. It must not outlive this.
    kusto::management_client engine();

    /// One step at a time, for `check`: the cloud's metadata, then a token.
    asio::awaitable<result<kusto::cloud>> ask_cloud();
    asio::awaitable<result<fresh<azure::access_token>>> fetch_token();
    asio::awaitable<result<fresh<kusto::resource_set>>> fetch_resources();
    asio::awaitable<result<fresh<secret>>> fetch_identity_token();

    /// Reads the credential again where it can be and asks for a token with it; the token in hand
    /// stays in use meanwhile. For SIGHUP and reload; after a 401 it happens by itself.
    void reread_credentials() { token.request_refresh(); }

    /// Why the service cannot be used now, if so.
    std::optional<failure> trouble() const;

    /// Why nothing can be sent now, for the service has not given what requests need. A token that
    /// has expired does not count where the requests need none.
    std::optional<failure> unusable() const;

    /// Until the service is asked for what is missing in that trouble; nothing while it is.
    std::optional<duration> next_request_in() const;

    /// Says once that this machine's clock is far from the service's, and once that it is not.
    void watch_clock();

    /// Logs the ends of troubles that `recurring` held back until now. Call it now and then.
    void report_ends();

    /// Brings the gauges of docs/metrics.md up to date.
    void measure();

    std::unique_ptr<http::beast_transport> network;  // Null where we were given another one.
    http::skew_meter transport;
    azure::blob_client blobs;
    azure::queue_client queues;
    azure::table_client tables;
    kusto::management_client management;
    kusto::streaming_client streaming;
    kusto::rest_client rest;
    kusto::transport_keeper transports;
    refreshed<azure::access_token> token;
    refreshed<kusto::resource_set> resources;
    refreshed<secret> identity_token;
    pipeline::storage_router router;

    const http::url& endpoint() const { return settings_.cluster.ingestion_endpoint; }

    const kusto::trusted_hosts& trusted_hosts() const { return settings_.cluster.trusted_hosts; }

    /// Whether tokens come from the cloud's login endpoint, not from the machine.
    bool needs_login() const { return settings_.auth.kind != config::auth_kind::managed_identity; }

    /// "host:port" of the proxy that requests to the endpoint go through; empty: none.
    std::string proxy() const;

    /// When the last usable SAS of the current resources ends, from now.
    std::optional<duration> sas_time_left();

private:
    template <class Client>
    void authenticate(Client& client);
    asio::awaitable<kusto::management_client::token> current_token();
    void report(std::string_view what, const refresh_event& event);
    void report_ends(const std::vector<recurring::news>& ends);

    surroundings around_;
    config::settings settings_;
    config::environment environment_;
    std::shared_ptr<azure::token_source> source_;
    std::optional<kusto::cloud> cloud_;
    bool skew_reported_ = false;
    recurring reports_{{10min, 64}};  // The troubles of each cache.
};

/// "0.1.0"
std::string_view version();

}  // namespace kustodrop::daemon
