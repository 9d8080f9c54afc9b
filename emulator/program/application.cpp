#include "emulator/program/application.hpp"

#include "async/run_together.hpp"
#include "base/crypto/crypto.hpp"
#include "emulator/identity/certificates.hpp"
#include "emulator/identity/token_service.hpp"
#include "emulator/ingest/discarding_ingestor.hpp"
#include "emulator/management/control_service.hpp"
#include "emulator/program/atomic_file.hpp"
#include "emulator/program/rest_parts.hpp"
#include "emulator/program/startup_text.hpp"
#include "emulator/program/storage_addresses.hpp"
#include "emulator/storage/blobs/blob_service.hpp"
#include "emulator/storage/external_storage.hpp"
#include "emulator/storage/queue_service.hpp"
#include "emulator/storage/table_service.hpp"
#include "http/server/server.hpp"

#include <boost/json.hpp>

#include <list>
#include <stdexcept>
#include <unistd.h>

namespace kustodrop::emulator {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace {
std::string remembered_key(storage_database& database, std::string_view name) {
    if (auto known = database.fact(name)) return *known;
    auto fresh = hex_encode(random_bytes(32));
    database.put_fact(name, fresh);
    return fresh;
}

fs::path beside(const fs::path& data, std::string_view suffix) { return fs::path(data) += suffix; }
}  // namespace

// Large because it is the one composition.
struct application::state {
    state(
        asio::any_io_executor executor,
        kustodrop::clock& clock,
        logger& log,
        worker_pool& pool,
        application_options given
    )
        : executor(executor),
          clock(clock),
          log(log),
          pool(pool),
          options(std::move(given)),
          random(seeded_from_the_system()),
          database(beside(options.data, ".storage")),
          files(beside(options.data, ".blobs")),
          resources(clock, database, options.layout),
          queues(clock, random, database, messages_kept(!options.discard)),
          tokens(clock, options.identity),
          contexts(
              clock, remembered_key(database, "context_key"), options.identity.context_lifetime
          ),
          front_gateway(clock, random),
          token_endpoint(clock, random, tokens),
          discarded({clock, random, resources, queues, options.ingestor.batching}),
          blob({clock, random, pool, resources, database, files, options.discard}),
          queue(clock, resources, queues, database),
          table(clock, resources, database, options.strict_tables) {
        internal_value = hex_encode(random_bytes(16));
        front_gateway.set_internal_value(internal_value);
        if (options.discard) {
            queue.discard_to([this](std::string_view text) { discarded.take(text); });
        }
    }

    asio::any_io_executor executor;
    kustodrop::clock& clock;
    logger& log;
    worker_pool& pool;
    application_options options;
    random_generator random;
    storage_database database;
    blob_files files;
    layout resources;
    queue_store queues;
    token_issuer tokens;
    authorization_contexts contexts;
    gateway front_gateway;
    token_service token_endpoint;
    discarding_ingestor discarded;
    blob_service blob;
    queue_service queue;
    table_service table;
    std::optional<emulator::ingestor> ingest;
    std::optional<management_service> management;
    std::optional<control_service> control;
    std::optional<rest_parts> rest;
    std::list<http::server> servers;
    std::string internal_value;
    std::string rest_token;  // Messages of blobs that came by REST carry it as their identity.
    std::string endpoint;
    storage_endpoints storage;
    std::optional<server_identity> identity;
    http::transport* transport = nullptr;

    void make_ingestor();
    void make_management();
    void make_control();
    void make_rest();
    void listen();
    std::string serve(std::uint16_t port, http::handler handle, http::server_options limits);
    http::handler handler_of(service& to);
    asio::awaitable<http::reply> front(http::incoming request);
    asio::awaitable<http::reply> storage_request(service* to, http::incoming request);
    asio::awaitable<bool> make_other_resources();
    storage_access access();
};

// ---- Requests of the first port ----------------------------------------------------------------

asio::awaitable<http::reply> application::state::front(http::incoming request) {
    exchange one(std::move(request));
    one.over_tls = options.https;
    if (rest_control::owns(one)) {
        auto out = co_await rest->control.answer(one);
        co_return out;
    }
    if (one.path.starts_with("/control/")) {
        auto out = co_await control->answer(one);
        co_return out;
    }
    service* to = &*management;
    if (token_service::owns(one)) to = &token_endpoint;
    if (rest_service::owns(one)) to = &rest->queued;
    if (streaming_service::owns(one)) to = &rest->streaming;
    co_return co_await front_gateway.handle(*to, std::move(one));
}

asio::awaitable<http::reply> application::state::storage_request(
    service* to, http::incoming request
) {
    exchange one(std::move(request));
    one.over_tls = options.https;
    co_return co_await front_gateway.handle(*to, std::move(one));
}

http::handler application::state::handler_of(service& to) {
    return [this, &to](http::incoming request) { return storage_request(&to, std::move(request)); };
}

// ---- Making the parts --------------------------------------------------------------------------

void application::state::make_ingestor() {
    if (!options.with_ingestor) return;
    auto chosen = options.ingestor;
    chosen.database_file = options.data.string();
    identity_check check;
    rest_token = remembered_key(database, "rest_token");
    check.valid = [this](std::string_view text) {
        return text == rest_token || contexts.is_valid(text);
    };
    ingest.emplace(executor, clock, log, pool, std::move(chosen), std::move(check));
}

void application::state::make_management() {
    engine_hooks hooks;
    hooks.management = [this](std::string database, std::string command) {
        if (!ingest) return no_ingestor_answer();
        return ingest->management(std::move(database), std::move(command));
    };
    hooks.query = [this](std::string database, std::string text, bool v2) {
        if (!ingest) return no_ingestor_answer();
        return ingest->query(std::move(database), std::move(text), v2);
    };
    management_service::parts parts{clock, resources, tokens, contexts, std::move(hooks)};
    management.emplace(std::move(parts));
    management->set_sas_lifetime(options.sas_lifetime);
}

void application::state::make_control() {
    std::function<asio::awaitable<bool>()> make_resources;
    if (options.storage) make_resources = [this] { return make_other_resources(); };
    auto connections = [this] {
        std::uint64_t all = 0;
        for (auto& server : servers) all += server.connections_accepted();
        return all;
    };
    control_service::parts parts{
        clock,
        pool,
        front_gateway,
        resources,
        database,
        files,
        queues,
        tokens,
        token_endpoint,
        *management,
        ingest ? &*ingest : nullptr,
        make_resources,
        connections,
        options.steer};
    control.emplace(std::move(parts));
}

void application::state::make_rest() {
    rest_foundation on{clock, random, resources, database, queues, tokens};
    on.ingestor = ingest ? &*ingest : nullptr;
    on.identity_token = rest_token;
    on.external_storage = options.storage.has_value();
    if (options.discard) on.discard = options.ingestor.batching;
    rest.emplace(on, options.rest, options.streaming);
    rest->queued.set_sas_lifetime(options.sas_lifetime);
}

asio::awaitable<bool> application::state::make_other_resources() {
    auto made = co_await make_resources(*transport, clock, resources);
    if (made.has_error())
        log.error("storage resources not created", {{"detail", made.error().detail}});
    co_return made.has_value();
}

// ---- Listening ---------------------------------------------------------------------------------

std::string application::state::serve(
    std::uint16_t port, http::handler handle, http::server_options limits
) {
    limits.address = options.listen;
    limits.port = port;
    if (identity) {
        limits.certificate_pem = identity->certificate_pem;
        limits.private_key_pem = identity->private_key_pem;
    }
    auto& server = servers.emplace_back(executor, std::move(limits), std::move(handle), log);
    auto host = options.advertise.empty() ? options.listen : options.advertise;
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::") host = "::1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return (options.https ? "https://" : "http://") + host + ":" + std::to_string(server.port());
}

void application::state::listen() {
    if (options.https) {
        std::vector<std::string> hosts{options.listen};
        if (!options.advertise.empty()) hosts.push_back(options.advertise);
        hosts.insert(hosts.end(), options.names.begin(), options.names.end());
        identity = make_server_identity(hosts);
        if (options.ca_file.empty()) options.ca_file = beside(options.data, ".ca.pem");
        write_atomically(options.ca_file, identity->authority_pem);
    }
    http::server_options limits;
    auto at_front = [this](http::incoming request) { return front(std::move(request)); };
    endpoint = serve(options.port, at_front, limits);
    token_endpoint.set_endpoint(endpoint);
    management->set_endpoint(endpoint);
    if (options.storage) {
        storage = options.storage->endpoints;
    } else {
        limits.max_body_bytes = blob_service::put_blob_limit;
        limits.spool_folder = files.incoming();
        // What is discarded needs no file.
        limits.spool_above = options.discard ? blob_service::put_blob_limit : 4u << 20u;
        exchange unknown{http::incoming()};
        service_error error{413, "RequestBodyTooLarge", "The request body is too large."};
        limits.too_large = xml_error(error, unknown, clock.wall_now());
        storage.blob = serve(options.blob_port, handler_of(blob), limits);
        storage.queue = serve(options.queue_port, handler_of(queue), {});
        storage.table = serve(options.table_port, handler_of(table), {});
    }
    resources.set_endpoints(storage);
}

// ---- What the ingestor gets --------------------------------------------------------------------

storage_access application::state::access() {
    auto renew = [this](storage_access& access) { renew_addresses(resources, access); };
    storage_access out{*transport, {}, {}, {}, std::nullopt, renew, internal_value, {}};
    if (options.storage) out.received = recorder_of_messages(database, resources, clock);
    renew_addresses(resources, out);
    return out;
}

// ---- The application ---------------------------------------------------------------------------

application::application(
    asio::any_io_executor executor,
    clock& clock,
    logger& log,
    worker_pool& pool,
    application_options options
)
    : state_(std::make_unique<state>(executor, clock, log, pool, std::move(options))) {
    state_->make_ingestor();
    state_->make_management();
    state_->make_control();
    state_->make_rest();
    state_->listen();
}

application::~application() = default;

fs::path application::ca_file() const {
    return state_->options.https ? state_->options.ca_file : fs::path();
}

std::string application::ready_facts() const {
    auto& s = *state_;
    json::object facts{
        {"endpoint", s.endpoint},
        {"blob_endpoint", s.storage.blob},
        {"queue_endpoint", s.storage.queue},
        {"table_endpoint", s.storage.table},
        {"control", s.endpoint + "/control"},
        {"ca_file", ca_file().string()},
        {"data", s.options.data.string()},
        {"proxy", s.options.proxy},
        {"pid", ::getpid()},
    };
    for (auto& [name, value] : s.token_endpoint.facts()) facts[name] = value;
    return json::serialize(facts);
}

std::string application::startup_text() const {
    auto& o = state_->options;
    return emulator::startup_text(ready_facts(), o.identity.resource, o.ingestor.tables);
}

asio::awaitable<void> application::run(http::transport& transport) {
    auto& s = *state_;
    s.transport = &transport;
    if (s.options.storage) {
        auto made = co_await s.make_other_resources();
        if (!made) throw std::runtime_error("--storage cannot be used: it gave no resources");
    }
    std::vector<asio::awaitable<void>> tasks;
    for (auto& server : s.servers) tasks.push_back(server.run());
    if (s.ingest) tasks.push_back(s.ingest->run(s.access()));
    if (!s.options.ready_file.empty()) write_atomically(s.options.ready_file, ready_facts() + "\n");
    co_await run_together(s.executor, std::move(tasks));
}

}  // namespace kustodrop::emulator
