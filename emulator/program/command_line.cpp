#include "emulator/program/command_line.hpp"

#include "base/wording/help_text.hpp"
#include "emulator/front/durations.hpp"
#include "emulator/program/rest_command_line.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

namespace {

/// What cannot be bound to an option directly.
struct raw_options {
    std::vector<std::string> certificates;
    std::string federated_key;
    std::string storage;
    std::string storage_queue;
    std::string storage_table;
    std::vector<std::string> storage_accounts;
    std::optional<std::uint16_t> proxy_port;
    proxy_options proxy;
    std::string ingest = "on";
    bool no_ingestor = false;
    bool verbose = false;
};

/// KustoServiceResourceId of each cloud's auth metadata.
const std::map<std::string, std::string> cloud_resources{
    {"public", "https://kusto.kusto.windows.net"},
    {"us_government", "https://kusto.kusto.usgovcloudapi.net"},
    {"china", "https://kusto.kusto.chinacloudapi.cn"},
};

/// What --help ends with.
constexpr auto help_on_identities =
    "Identities. Entra: POST /TENANT/oauth2/v2.0/token with a secret, an assertion signed by a "
    "--certificate (RS256 with x5t, PS256 with x5t#S256), or a workload's token signed by "
    "--federated-key (iss, sub, aud api://AzureADTokenExchange). IMDS: set "
    "AZURE_POD_IDENTITY_AUTHORITY_HOST to the endpoint. App Service: IDENTITY_ENDPOINT=ENDPOINT/"
    "msi/token and IDENTITY_HEADER. Azure Arc: IDENTITY_ENDPOINT=ENDPOINT/arc/metadata/identity/"
    "oauth2/token and IMDS_ENDPOINT=ENDPOINT; its keys are real files.\n"
    "On demand: POST /control/faults [{\"service\":\"token\",\"operation\":\"imds_token\","
    "\"count\":2,\"action\":{\"status\":410}}] (also token, app_service_token, arc_token; "
    "status 404, 429 with retry_after, 503). POST /control/identity {\"client_secret\":\"NEW\"} "
    "expires the old secret. POST /control/tokens {\"lifetime\":\"5s\"}. GET /control/assertions "
    "lists the assertions that came.";

void add_duration(CLI::App& app, const char* name, duration& value, const char* help) {
    auto take = [&value](const std::string& text) {
        auto time = parse_duration(text);
        if (!time) throw CLI::ValidationError("not a duration like 5s, 15m, 1h or 4d: " + text);
        value = *time;
    };
    app.add_option_function<std::string>(name, take, help);
}

void add_listening(CLI::App& app, application_options& o) {
    app.add_option("--listen", o.listen, "The IP address to listen on")->capture_default_str();
    app.add_option("--advertise", o.advertise, "The host that our addresses name");
    app.add_option("--port", o.port, "Tokens, management, queries, control; 0: any")
        ->capture_default_str();
    app.add_option("--blob-port", o.blob_port, "Blob service")->capture_default_str();
    app.add_option("--queue-port", o.queue_port, "Queue service")->capture_default_str();
    app.add_option("--table-port", o.table_port, "Table service")->capture_default_str();
    app.add_flag("--https", o.https, "Speak TLS, with a certificate authority made for the day");
    app.add_option("--ca-file", o.ca_file, "Where the authority's certificate is written");
    app.add_option("--ready-file", o.ready_file, "Written as JSON when everything listens");
}

const std::map<std::string, proxy_mode> proxy_modes{
    {"open", proxy_mode::open},
    {"refuse", proxy_mode::refuse},
    {"hang", proxy_mode::hang},
};

void add_proxy(CLI::App& app, application_options& o, raw_options& raw) {
    auto take_mode = [&raw](const std::string& name) { raw.proxy.mode = proxy_modes.at(name); };
    app.add_option("--name", o.names, "More hosts of ours: in the certificate, and by the proxy")
        ->allow_extra_args(false);
    app.add_option("--proxy-port", raw.proxy_port, "An HTTP proxy (CONNECT) to us; 0: any");
    app.add_option("--proxy-credentials", raw.proxy.credentials, "USER:WORD that it asks for");
    app.add_option_function<std::string>(
           "--proxy-mode,--proxy-temper", take_mode, "open | refuse | hang"
    )
        ->check(CLI::IsMember(proxy_modes));
}

void add_service(CLI::App& app, application_options& o) {
    app.add_option("--tenant", o.identity.tenant)->capture_default_str();
    app.add_option("--client-id", o.identity.client_id)->capture_default_str();
    app.add_option("--client-secret", o.identity.client_secret)->capture_default_str();
    add_duration(app, "--token-lifetime", o.identity.token_lifetime, "Default 1h");
    add_duration(app, "--sas-lifetime", o.sas_lifetime, "Default 4d");
    app.add_option("--accounts", o.layout.accounts, "Storage accounts")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--containers", o.layout.containers, "Containers of each account")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--queues", o.layout.queues, "Ingestion queues of each account")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option(
           "--notification-permissions",
           o.layout.notification_permissions,
           "What clients may do with the notification queues"
    )
        ->capture_default_str();
    app.add_option(
           "--success-queues",
           o.layout.success_queues,
           "Queues for successes, in as many accounts, of equal names; 0: none is listed"
    )
        ->capture_default_str();
    app.add_option("--failure-queues", o.layout.failure_queues, "The same for failures")
        ->capture_default_str();
    app.add_flag(
        "--sas-without-seconds", o.layout.sas_without_seconds, "Times like 2026-08-22T10:00Z in SAS"
    );
    add_duration(
        app,
        "--identity-token-lifetime",
        o.identity.context_lifetime,
        "How long the ingestor accepts an identity token; default 1d"
    );
    app.add_flag(
        "--strict-tables",
        o.strict_tables,
        "The table service requires the header DataServiceVersion and reports errors as OData "
        "without a header x-ms-error-code"
    );
    app.add_option(
           "--container-sas-version",
           o.layout.container_sas_version,
           "The sv of the containers' SAS, which decides what is understood"
    )
        ->capture_default_str();
}

void add_identity(CLI::App& app, application_options& o, raw_options& raw) {
    auto& identity = o.identity;
    auto group = [&app](const char* name, auto& value, const char* help) {
        app.add_option(name, value, help)->capture_default_str()->group("Identities");
    };
    auto take_cloud = [&identity](const std::string& name) {
        identity.resource = cloud_resources.at(name);
    };
    app.add_option_function<std::string>("--cloud", take_cloud, "Whose resource tokens are for")
        ->check(CLI::IsMember(cloud_resources))
        ->group("Identities");
    group("--resource", identity.resource, "Or that resource itself");
    app.add_flag("--mfa-required", identity.mfa_required, "Says so in the auth metadata")
        ->group("Identities");
    app.add_option("--certificate", raw.certificates, "PEM file that may sign assertions")
        ->allow_extra_args(false)
        ->group("Identities");
    group("--federated-key", raw.federated_key, "PEM public key of the workloads' issuer");
    group("--federated-issuer", identity.federated_issuer, "What workloads' tokens name as iss");
    group("--federated-subject", identity.federated_subject, "And as sub");
    group("--object-id", identity.object_id, "Of the managed identity");
    group("--resource-id", identity.resource_id, "Of the managed identity");
    group("--identity-header", identity.identity_header, "What App Service's clients send");
    app.add_option(
           "--expires-on",
           identity.expires_on_format,
           "How managed identities write it: unix, us, iso"
    )
        ->check(CLI::IsMember({"unix", "us", "iso"}))
        ->capture_default_str()
        ->group("Identities");
    group("--arc-token-directory", identity.arc_token_directory, "Where Arc's keys are written");
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file || text.empty()) throw CLI::ValidationError("cannot read " + path);
    return text;
}

void read_keys(const raw_options& raw, identity_options& to) {
    for (auto& path : raw.certificates) to.certificates.push_back(content_of(path));
    if (!raw.federated_key.empty()) to.federated_key = content_of(raw.federated_key);
}

void add_ingestion(CLI::App& app, application_options& o, raw_options& raw) {
    add_duration(app, "--batching", o.ingestor.batching, "How long a batch waits; default 1s");
    app.add_option("--data", o.data, "Database file; default: a temporary folder");
    app.add_option("--table", o.ingestor.tables, "'Db.Table(col:type,...)', repeatable")
        ->allow_extra_args(false);
    app.add_option("--mapping", o.ingestor.mappings, "'Db.Table.Name(Kind)=JSON', repeatable")
        ->allow_extra_args(false);
    app.add_flag("--discard", o.ingestor.discard, "Count rows without storing them");
    app.add_option(
           "--ingest",
           raw.ingest,
           "off: leave the messages where they are; discard: count and forget blobs and messages, "
           "answer each with a success"
    )
        ->check(CLI::IsMember({"on", "off", "discard"}))
        ->capture_default_str();
    app.add_flag("--no-ingestor", raw.no_ingestor, "The same as --ingest off");
    app.add_option("--storage", raw.storage, "Use this blob service (Azurite) instead of ours");
    app.add_option("--storage-queue", raw.storage_queue, "Its queue service");
    app.add_option("--storage-table", raw.storage_table, "Its table service");
    app.add_option("--storage-account", raw.storage_accounts, "NAME:KEY, repeatable")
        ->allow_extra_args(false);
    app.add_flag("--verbose", raw.verbose, "Log every step");
}

std::string without_slash(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text;
}

void use_external_storage(const raw_options& raw, application_options& o) {
    if (raw.storage.empty()) return;
    external_storage storage;
    storage.endpoints.blob = without_slash(raw.storage);
    storage.endpoints.queue = without_slash(raw.storage_queue);
    storage.endpoints.table = without_slash(raw.storage_table);
    if (raw.storage_queue.empty() || raw.storage_table.empty()) {
        throw CLI::ValidationError("--storage needs --storage-queue and --storage-table");
    }
    for (auto& account : raw.storage_accounts) {
        auto colon = account.find(':');
        if (colon == std::string::npos) throw CLI::ValidationError("--storage-account NAME:KEY");
        storage.keys[account.substr(0, colon)] = account.substr(colon + 1);
    }
    if (storage.keys.empty()) throw CLI::ValidationError("--storage needs --storage-account");
    o.layout.given_keys = storage.keys;
    o.storage = std::move(storage);
}

class folded_layout : public CLI::Formatter {
public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode how)
        const override {
        auto text = CLI::Formatter::make_help(app, std::move(name), how);
        return folded_help(text, columns_for_help());
    }
};

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, command_line& into) {
    CLI::App app("A local Azure Data Explorer ingestion service", "kustodrop-emulator");
    app.formatter(std::make_shared<folded_layout>());
    app.get_formatter()->column_width(help_column);
    app.footer(help_on_identities);
    auto& options = into.options;
    raw_options raw;
    add_listening(app, options);
    add_proxy(app, options, raw);
    add_service(app, options);
    add_identity(app, options, raw);
    add_ingestion(app, options, raw);
    add_rest(app, options.rest, options.streaming);
    try {
        app.parse(argc, argv);
        use_external_storage(raw, options);
        read_keys(raw, options.identity);
    } catch (const CLI::ParseError& e) {
        auto code = app.exit(e);
        return code == 0 ? 0 : 64;
    }
    options.discard = raw.ingest == "discard";
    options.with_ingestor = raw.ingest == "on" && !raw.no_ingestor;
    into.proxy_port = raw.proxy_port;
    into.proxy = raw.proxy;
    into.verbose = raw.verbose;
    return std::nullopt;
}

}  // namespace kustodrop::emulator
