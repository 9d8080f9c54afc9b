#pragma once

#include "async/clock.hpp"
#include "azure/identity/token_source.hpp"
#include "config/load.hpp"
#include "http/transport.hpp"

#include <memory>

namespace kustodrop::daemon {

/// What a source of tokens may use.
struct credential_means {
    http::transport& transport;
    clock& time;
    random_generator& random;
    config::environment environment;
    bool threads = true;  // False: blocking work runs inline.
};

/// The source of tokens for the configured kind. Secrets and files are read again at every fetch,
/// so that a new one is used without a restart.
std::unique_ptr<azure::token_source> make_token_source(
    const credential_means& means, const config::auth_settings& auth
);

}  // namespace kustodrop::daemon
