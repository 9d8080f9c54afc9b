#pragma once

#include "async/clock.hpp"
#include "azure/identity/entra/entra.hpp"

namespace kustodrop::azure {

struct client_secret_options {
    std::string tenant_id;
    std::string client_id;
    // Asked at every fetch, so that a rotated secret is used without a restart.
    secret_reader client_secret;
};

/// Tokens for an application by its secret (docs/protocol.md §1.4).
class client_secret_source final : public token_source {
public:
    client_secret_source(http::transport& transport, clock& clock, client_secret_options options)
        : transport_(transport), clock_(clock), options_(std::move(options)) {}

    asio::awaitable<result<access_token>> fetch(authority authority) override;

private:
    http::transport& transport_;
    clock& clock_;
    client_secret_options options_;
};

}  // namespace kustodrop::azure
