#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "emulator/front/proxy_control.hpp"
#include "emulator/identity/token_issuer.hpp"
#include "emulator/ingest/ingestor.hpp"
#include "emulator/rest/rest_options.hpp"
#include "emulator/storage/layout.hpp"
#include "http/transport.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// Another storage to use instead of the own one.
struct external_storage {
    storage_endpoints endpoints;
    std::map<std::string, std::string> keys;  // Account, key in base64.
};

/// Everything the command line says. Large because each option has a member.
struct application_options {
    std::string listen = "127.0.0.1";
    std::string advertise = {};           // The host in our addresses; empty: what we listen on.
    std::vector<std::string> names = {};  // More hosts that our certificate is for.
    std::string proxy = {};               // Of the ready file; empty: there is none.
    proxy_control steer = {};
    std::uint16_t port = 10080;
    std::uint16_t blob_port = 10081;
    std::uint16_t queue_port = 10082;
    std::uint16_t table_port = 10083;
    bool https = false;
    std::filesystem::path ca_file = {};
    std::filesystem::path ready_file = {};
    std::filesystem::path data = {};  // The database; "data.blobs" and "data.storage" beside it.
    identity_options identity = {};
    duration sas_lifetime = std::chrono::hours(96);
    layout_options layout = {};
    ingestor_options ingestor = {};
    bool with_ingestor = true;
    bool strict_tables = false;
    rest_options rest = {};
    streaming_options streaming = {};
    bool discard = false;  // Without an ingestor: nothing is kept, all is answered with a success.
    std::optional<external_storage> storage = {};
};

/// The emulator put together: it owns every part in the order of their dependence.
class application {
public:
    /// Binds all ports; throws std::exception with a sentence about what prevents it.
    application(
        asio::any_io_executor executor,
        clock& clock,
        logger& log,
        worker_pool& pool,
        application_options options
    );
    ~application();

    /// The certificate authority that our own transport must trust; empty without --https.
    std::filesystem::path ca_file() const;

    /// The facts of the ready file, as JSON.
    std::string ready_facts() const;
    /// The same for people, with a few lines to begin with.
    std::string startup_text() const;

    /// Serves until cancelled. The transport carries the ingestor's own requests. Throws
    /// std::runtime_error if another storage cannot be used.
    asio::awaitable<void> run(http::transport& transport);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator
