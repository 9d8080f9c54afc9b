#pragma once

#include "async/clock.hpp"
#include "azure/identity/entra/entra.hpp"

namespace kustodrop::azure {

struct workload_identity_options {
    std::string tenant_id;
    std::string client_id;
    std::string file;  // What messages call the token's file.
    // Asked at every fetch: the kubelet replaces the file (docs/protocol.md §1.4).
    secret_reader token;
};

/// Tokens for a pod by the token that its cluster gives it (docs/protocol.md §1.4).
class workload_identity_source final : public token_source {
public:
    workload_identity_source(
        http::transport& transport, clock& clock, workload_identity_options options
    )
        : transport_(transport), clock_(clock), options_(std::move(options)) {}

    asio::awaitable<result<access_token>> fetch(authority authority) override;

private:
    http::transport& transport_;
    clock& clock_;
    workload_identity_options options_;
};

}  // namespace kustodrop::azure
