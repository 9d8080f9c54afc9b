#include "daemon/service/credentials.hpp"

#include "azure/identity/azure_cli.hpp"
#include "azure/identity/entra/client_certificate.hpp"
#include "azure/identity/entra/client_secret.hpp"
#include "azure/identity/entra/workload_identity.hpp"
#include "azure/identity/managed/managed_identity.hpp"

#include <unistd.h>

namespace kustodrop::daemon {

// Installed with the agent; a service that systemd starts does not inherit the agent's variables.
static constexpr const char* arc_agent = "/opt/azcmagent/bin/himds";

using file_content = std::function<result<std::string>(const std::string& path)>;

static azure::secret_reader file_reader(std::string path, file_content read) {
    return [path = std::move(path), read = std::move(read)]() -> result<secret> {
        auto content = read(path);
        if (content) return secret(std::move(*content));
        return failure{errc::unreadable, remedy::reconfigure, content.error().message()};
    };
}

static azure::secret_reader secret_of(
    const config::auth_settings& auth, const config::environment& environment
) {
    auto given = auth.client_secret;
    auto place = auth.client_secret_source;
    return [given, place, environment]() -> result<secret> {
        if (place.empty()) return given;
        return config::read_secret(place, environment);
    };
}

static signature_algorithm algorithm_of(const config::auth_settings& auth) {
    switch (auth.assertion_algorithm) {
    case config::assertion_algorithm::rs256:
        return signature_algorithm::rs256;
    case config::assertion_algorithm::ps256:
        return signature_algorithm::ps256;
    case config::assertion_algorithm::automatic:
        break;
    }
    // AD FS knows no other (docs/protocol.md §1.4).
    return auth.tenant_id == "adfs" ? signature_algorithm::rs256 : signature_algorithm::ps256;
}

static std::unique_ptr<azure::token_source> by_secret(
    const credential_means& means, const config::auth_settings& auth
) {
    azure::client_secret_options options;
    options.tenant_id = auth.tenant_id;
    options.client_id = auth.client_id;
    options.client_secret = secret_of(auth, means.environment);
    return std::make_unique<azure::client_secret_source>(
        means.transport, means.time, std::move(options)
    );
}

static std::unique_ptr<azure::token_source> by_certificate(
    const credential_means& means, const config::auth_settings& auth
) {
    azure::client_certificate_options options;
    options.tenant_id = auth.tenant_id;
    options.client_id = auth.client_id;
    options.file = auth.client_certificate_file;
    // It holds the key.
    auto& around = means.environment;
    auto& read = around.read_secret_file ? around.read_secret_file : around.read_file;
    options.pem = file_reader(auth.client_certificate_file, read);
    options.assertion.algorithm = algorithm_of(auth);
    options.assertion.send_chain = auth.send_certificate_chain;
    return std::make_unique<azure::client_certificate_source>(
        means.transport, means.time, means.random, std::move(options)
    );
}

static std::unique_ptr<azure::token_source> by_machine(
    const credential_means& means, const config::auth_settings& auth
) {
    azure::managed_identity_options options;
    options.choice = {auth.client_id, auth.object_id, auth.resource_id};
    options.facts = [variable = means.environment.variable] {
        return azure::machine_facts{variable, ::access(arc_agent, F_OK) == 0};
    };
    return std::make_unique<azure::managed_identity_source>(
        means.transport, means.time, std::move(options)
    );
}

static std::unique_ptr<azure::token_source> by_pod(
    const credential_means& means, const config::auth_settings& auth
) {
    azure::workload_identity_options options;
    options.tenant_id = auth.tenant_id;
    options.client_id = auth.client_id;
    options.file = auth.federated_token_file;
    options.token = file_reader(auth.federated_token_file, means.environment.read_file);
    return std::make_unique<azure::workload_identity_source>(
        means.transport, means.time, std::move(options)
    );
}

static std::unique_ptr<azure::token_source> by_person(
    const credential_means& means, const config::auth_settings& auth
) {
    azure::azure_cli_options options;
    options.tenant_id = auth.tenant_id;
    options.threads = means.threads ? 1 : 0;
    options.run = [&time = means.time](const std::vector<std::string>& command) {
        return run_child(command, time, child_limits{});
    };
    return std::make_unique<azure::azure_cli_source>(means.time, std::move(options));
}

std::unique_ptr<azure::token_source> make_token_source(
    const credential_means& means, const config::auth_settings& auth
) {
    switch (auth.kind) {
    case config::auth_kind::client_secret:
        return by_secret(means, auth);
    case config::auth_kind::client_certificate:
        return by_certificate(means, auth);
    case config::auth_kind::managed_identity:
        return by_machine(means, auth);
    case config::auth_kind::workload_identity:
        return by_pod(means, auth);
    case config::auth_kind::azure_cli:
        return by_person(means, auth);
    }
    return nullptr;
}

}  // namespace kustodrop::daemon
