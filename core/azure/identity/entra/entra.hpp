#pragma once

#include "async/clock.hpp"
#include "azure/identity/token_source.hpp"
#include "http/transport.hpp"

#include <functional>
#include <string>

namespace kustodrop::azure {

/// Reads a secret or a file of them afresh.
using secret_reader = std::function<result<secret>()>;

/// Where an application of that tenant asks for tokens (docs/protocol.md §1.4).
http::url token_endpoint(const http::url& login, const std::string& tenant);

/// What an application shows to be given a token.
struct client_proof {
    enum class form { secret, assertion };

    std::string kind;  // The metrics' word: "client_secret".
    std::string tenant_id;
    std::string client_id;
    form given_as = form::secret;
    secret value;
};

/// Asks Entra (or AD FS) by the client credentials grant (docs/protocol.md §1.4). No failure
/// repeats the proof, whatever the endpoint answers.
asio::awaitable<result<access_token>> ask_entra(
    http::transport& transport, clock& clock, authority authority, client_proof proof
);

}  // namespace kustodrop::azure
