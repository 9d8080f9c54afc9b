#pragma once

#include "async/clock.hpp"
#include "azure/identity/entra/client_assertion.hpp"
#include "azure/identity/entra/entra.hpp"
#include "base/random.hpp"

namespace kustodrop::azure {

struct client_certificate_options {
    std::string tenant_id;
    std::string client_id;
    std::string file;   // What messages call it.
    secret_reader pem;  // Asked at every fetch, so that a renewed certificate is used at once.
    assertion_options assertion;
};

/// Tokens for an application by its certificate (docs/protocol.md §1.4).
class client_certificate_source final : public token_source {
public:
    client_certificate_source(
        http::transport& transport,
        clock& clock,
        random_generator& random,
        client_certificate_options options
    )
        : transport_(transport), clock_(clock), random_(random), options_(std::move(options)) {}

    asio::awaitable<result<access_token>> fetch(authority authority) override;

private:
    result<std::string> assertion_for(const authority& authority);

    http::transport& transport_;
    clock& clock_;
    random_generator& random_;
    client_certificate_options options_;
};

}  // namespace kustodrop::azure
