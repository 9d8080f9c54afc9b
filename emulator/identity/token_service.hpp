#pragma once

#include "async/clock.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/assertion_check.hpp"
#include "emulator/identity/machine_identity.hpp"
#include "emulator/identity/token_issuer.hpp"

namespace kustodrop::emulator {

/// The parts of Entra that a client speaks to (docs/protocol.md §1.4): the token endpoint, what
/// MSAL asks for first, and the endpoints that give a machine its identity.
class token_service final : public service {
public:
    /// Throws std::runtime_error, in one sentence, if a certificate or key cannot be read.
    token_service(clock& clock, random_generator& random, token_issuer& tokens)
        : clock_(clock),
          tokens_(tokens),
          assertions_(clock, tokens.options()),
          machine_(clock, random, tokens) {}

    /// Our own address, which the documents name.
    void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }

    /// The client assertions that came, for tests.
    const std::deque<std::string>& assertions() const { return assertions_.seen(); }

    /// What a client must know to sign in, name and value.
    std::vector<std::pair<std::string, std::string>> facts() const;

    /// Whether the path is one of this service's.
    static bool owns(const exchange&);

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    http::response act(const exchange&);
    http::response issue(const exchange&);
    http::response discovery() const;
    http::response openid_configuration(const exchange&) const;
    std::optional<service_error> check_client(const query_parameters&, const std::string& audience);
    std::optional<service_error> check_secret(const std::string& client, const std::string& secret)
        const;
    std::optional<service_error> check_scope(std::string_view scope) const;

    clock& clock_;
    token_issuer& tokens_;
    assertion_check assertions_;
    machine_identity machine_;
    std::string endpoint_;
};

}  // namespace kustodrop::emulator
