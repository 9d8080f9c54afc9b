#include "daemon/service/connection.hpp"

#include "base/text.hpp"
#include "daemon/service/credentials.hpp"
#include "http/client/proxy.hpp"

namespace kustodrop::daemon {

// After a long outage, files wait for these and nothing else. And a secret is read again for every
// fetch: one that was refused and then replaced must be picked up soon.
static constexpr duration longest_refresh_wait = 1min;

std::string_view version() { return KUSTODROP_VERSION; }

// A name may lead to this machine, its link or a metadata service only where the operator wrote
// that name, or has the whole service on this machine. What the service names itself may not.
static bool may_lead_inside(const config::settings& settings, std::string_view host) {
    auto& cluster = settings.cluster;
    auto& authority = settings.auth.authority_host;
    if (cluster.ingestion_endpoint.is_loopback()) return true;
    if (host == cluster.ingestion_endpoint.host()) return true;
    if (authority && host == authority->host()) return true;
    return kusto::is_trusted(host, cluster.trusted_hosts) ||
           kusto::is_trusted(host, cluster.trusted_storage_hosts);
}

// `in_force` outlives the transport: the rules about hosts are those of the last reload.
static http::transport_options transport_options_of(
    const config::settings& settings, const config::settings& in_force
) {
    http::transport_options options;
    options.proxy = settings.network.proxy;
    options.proxy_authorization = settings.network.proxy_authorization;
    options.no_proxy = settings.network.no_proxy;
    options.may_lead_inside = [&in_force](std::string_view host) {
        return daemon::may_lead_inside(in_force, host);
    };
    options.ca_file = settings.network.ca_file;
    options.min_tls = settings.network.min_tls;
    options.connect_timeout = settings.network.connect_timeout;
    options.io_timeout = settings.network.io_timeout;
    options.blob_rates = settings.upload.bandwidth_limit;
    options.user_agent = "kustodrop/" + std::string(version());
    return options;
}

static std::unique_ptr<http::beast_transport> real_network(
    const surroundings& around, const config::settings& settings, const config::settings& in_force
) {
    if (around.network) return nullptr;
    return std::make_unique<http::beast_transport>(
        around.executor, transport_options_of(settings, in_force), around.time, around.measured
    );
}

static kusto::management_options management_options_of(const config::settings& settings) {
    kusto::management_options options;
    options.endpoint = settings.cluster.ingestion_endpoint;
    options.client_version = version();
    return options;
}

static refresh_options refreshing() {
    refresh_options options;
    options.backoff.cap = longest_refresh_wait;
    return options;
}

template <class Client>
void connection::authenticate(Client& client) {
    auto refused = [this](const kusto::management_client::token& bad) { token.renew(bad); };
    client.authenticate_with([this] { return current_token(); }, refused);
}

connection::connection(
    surroundings around, const config::settings& settings, config::environment environment
)
    : network(real_network(around, settings, settings_)),
      transport(network ? *network : *around.network, around.time),
      blobs(transport, around.random),
      queues(transport, around.random),
      tables(transport, around.random),
      management(transport, around.random, management_options_of(settings)),
      streaming(
          transport,
          [this] { return kusto::streaming_endpoint(endpoint(), trusted_hosts()); },
          std::string(version())
      ),
      rest(transport, around.random, management_options_of(settings)),
      transports(
          {around.executor, around.time, around.random, around.log, rest},
          settings.cluster.transport
      ),
      token(
          around.executor,
          around.time,
          around.random,
          [this] { return fetch_token(); },
          refreshing()
      ),
      resources(
          around.executor,
          around.time,
          around.random,
          [this] { return fetch_resources(); },
          refreshing()
      ),
      identity_token(
          around.executor,
          around.time,
          around.random,
          [this] { return fetch_identity_token(); },
          refreshing()
      ),
      router(around.time, around.random, resources),
      around_(around),
      settings_(settings),
      environment_(std::move(environment)),
      source_(make_token_source(
          {transport, around.time, around.random, environment_, around.threads}, settings_.auth
      )) {
    authenticate(management);
    authenticate(streaming);
    authenticate(rest);
    token.on_event([this](const refresh_event& event) { report("token", event); });
    resources.on_event([this](const refresh_event& event) {
        report("ingestion resources", event);
        if (event.problem) return;
        auto set = resources.current();
        if (!set) return;
        for (auto& warning : set->warnings) around_.log.warning(warning);
    });
    identity_token.on_event([this](const refresh_event& event) { report("identity token", event); }
    );
}

kusto::management_client connection::engine() {
    auto options = management_options_of(settings_);
    options.endpoint = kusto::engine_of(endpoint());
    kusto::management_client out(transport, around_.random, std::move(options));
    authenticate(out);
    return out;
}

void connection::change(const config::settings& settings) {
    bool other_credentials = settings_.auth != settings.auth;
    settings_ = settings;
    transports.set_wish(settings.cluster.transport);
    if (network) network->change_blob_rates(settings.upload.bandwidth_limit);
    if (!other_credentials) return;
    source_ = make_token_source(
        {transport, around_.time, around_.random, environment_, around_.threads}, settings_.auth
    );
    cloud_.reset();
    reread_credentials();
}

void connection::start(task_group& tasks) {
    tasks.start(token.run());
    tasks.start(resources.run());
    tasks.start(identity_token.run());
    tasks.start(transports.run());
}

asio::awaitable<kusto::management_client::token> connection::current_token() { return token.get(); }

asio::awaitable<result<kusto::cloud>> connection::ask_cloud() {
    kusto::cloud_options options;
    options.trusted = settings_.cluster.trusted_hosts;
    options.authority_host = settings_.auth.authority_host;
    auto named = co_await kusto::fetch_cloud(transport, endpoint(), std::move(options));
    if (named) cloud_ = *named;
    co_return named;
}

std::string connection::proxy() const {
    auto location = http::url::parse(settings_.network.proxy);
    http::proxy_exceptions exceptions(settings_.network.no_proxy);
    if (!location || !http::goes_by_proxy(endpoint(), exceptions)) return {};
    return location->authority();
}

asio::awaitable<result<fresh<azure::access_token>>> connection::fetch_token() {
    if (!cloud_) {
        auto named = co_await ask_cloud();
        if (named.has_error()) co_return named.error();
    }
    auto asked_at = around_.time.now();
    auto authority = cloud_->authority();
    auto source = source_;  // Held: a reload may bring another one.
    auto given = co_await source->fetch(std::move(authority));
    if (given.has_error()) co_return given.error();
    co_return azure::fresh_token(std::move(*given), asked_at);
}

asio::awaitable<result<fresh<kusto::resource_set>>> connection::fetch_resources() {
    kusto::resource_options options;
    options.rules.loopback_endpoint = endpoint().is_loopback();
    options.rules.trusted_storage_hosts = settings_.cluster.trusted_storage_hosts;
    options.refresh_interval = settings_.cluster.ingestion_resources_refresh_interval;
    return kusto::fetch_resources(management, around_.time, std::move(options));
}

asio::awaitable<result<fresh<secret>>> connection::fetch_identity_token() {
    auto interval = settings_.cluster.ingestion_resources_refresh_interval;
    return kusto::fetch_identity_token(management, around_.time, interval);
}

void connection::report_ends(const std::vector<recurring::news>& ends) {
    for (auto& said : ends) {
        around_.log.info(
            said.place + " refreshed again",
            {{"code", said.kind},
             {"attempts_failed", std::to_string(said.times)},
             {"lasted", human_duration(said.lasted)}}
        );
    }
}

void connection::report_ends() { report_ends(reports_.due(around_.time.now())); }

// One line when a cache begins to fail, one when it recovers, and some in between; not one for
// each attempt.
void connection::report(std::string_view what, const refresh_event& event) {
    auto name = std::string(what);
    if (!event.problem) return report_ends(reports_.worked(name, around_.time.now()));
    around_.measured
        .count(
            "kustodrop_retries_total", {{"operation", name}, {"reason", event.problem->code.text()}}
        )
        .add();
    auto said = reports_.failed(name, event.problem->code.text(), around_.time.now());
    if (!said) return;
    auto left = event.time_left ? human_duration(*event.time_left) : std::string("nothing");
    around_.log.error(
        "cannot refresh the " + name + "; it is tried again",
        {{"code", event.problem->code.text()},
         {"detail", event.problem->message()},
         {"remedy", std::string(to_string(event.problem->next))},
         {"request_id", event.problem->request_id},
         {"attempts", std::to_string(said->times)},
         {"still_good_for", left}}
    );
}

std::optional<failure> connection::trouble() const {
    if (!token.current() && token.last_failure()) return token.last_failure();
    if (!resources.current() && resources.last_failure()) return resources.last_failure();
    // Messages carry it, requests by REST do not.
    bool is_needed = transports.current().chosen == kusto::transport::queued;
    if (is_needed && !identity_token.current()) return identity_token.last_failure();
    return std::nullopt;
}

std::optional<failure> connection::unusable() const {
    bool by_rest = transports.current().chosen == kusto::transport::rest;
    bool has_token = by_rest ? token.current() != nullptr : identity_token.current() != nullptr;
    if (has_token && resources.current()) return std::nullopt;
    failure unknown{errc::no_resources, remedy::retry, "the service has not answered yet"};
    return trouble().value_or(std::move(unknown));
}

std::optional<duration> connection::next_request_in() const {
    if (!token.current()) return token.next_fetch_in();
    if (!resources.current()) return resources.next_fetch_in();
    if (!identity_token.current()) return identity_token.next_fetch_in();
    return std::nullopt;
}

// Signatures and tokens are valid for a period; Entra and storage tolerate 5 minutes.
static constexpr duration tolerated_skew = 5min;

void connection::watch_clock() {
    auto skew = transport.skew();
    bool wrong = skew && std::chrono::abs(*skew) > tolerated_skew;
    if (wrong == skew_reported_) return;
    skew_reported_ = wrong;
    if (!wrong) {
        around_.log.info("this machine's clock agrees with the service's again");
        return;
    }
    auto far = human_duration(std::chrono::abs(*skew));
    around_.log.warning(
        "this machine's clock is " + far + (*skew > duration() ? " ahead of" : " behind") +
            " the service's: set it right (chrony, systemd-timesyncd); until then ages are wrong "
            "and credentials may be refused",
        {{"clock_skew", far}}
    );
}

std::optional<duration> connection::sas_time_left() {
    auto set = resources.current();
    if (!set) return std::nullopt;
    auto until = kusto::usable_until(*set);
    if (!until) return std::nullopt;
    return *until - around_.time.wall_now();
}

void connection::measure() {
    auto seconds = [](std::optional<duration> time) {
        return time ? std::chrono::duration<double>(*time).count() : 0.0;
    };
    around_.measured.value("kustodrop_resources_age_seconds").set(seconds(resources.age()));
    around_.measured.value("kustodrop_resources_refresh_interval_seconds")
        .set(seconds(settings_.cluster.ingestion_resources_refresh_interval));
    around_.measured.value("kustodrop_token_expiry_seconds").set(seconds(token.time_left()));
    around_.measured.value("kustodrop_clock_skew_seconds").set(seconds(transport.skew()));
    around_.measured.value("kustodrop_sas_expiry_seconds").set(seconds(sas_time_left()));
}

}  // namespace kustodrop::daemon
