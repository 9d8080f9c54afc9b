#pragma once

#include "async/clock.hpp"
#include "azure/identity/managed/arc_key.hpp"
#include "azure/identity/managed/identity_service.hpp"
#include "azure/identity/token_source.hpp"
#include "http/transport.hpp"

namespace kustodrop::azure {

struct managed_identity_options {
    identity_choice choice;
    std::function<machine_facts()> facts;  // Asked at every fetch.
    std::string token_directory{arc_token_directory};
};

/// Tokens for the machine itself: IMDS, App Service, Azure Arc (docs/protocol.md §1.4 to §1.6). Off
/// Azure the first fetch fails within a second; a service that has answered before is given the
/// time it needs.
class managed_identity_source final : public token_source {
public:
    managed_identity_source(
        http::transport& transport, clock& clock, managed_identity_options options
    )
        : transport_(transport), clock_(clock), options_(std::move(options)) {}

    asio::awaitable<result<access_token>> fetch(authority authority) override;

private:
    asio::awaitable<result<http::response>> ask(identity_service service, std::string resource);
    asio::awaitable<result<http::response>> meet(http::request request, http::response challenge);
    http::request prepared(const identity_service& service, const std::string& resource) const;
    result<access_token> judge(const identity_service&, const http::response&) const;
    failure explain(const identity_service&, failure problem) const;

    http::transport& transport_;
    clock& clock_;
    managed_identity_options options_;
    bool answered_ = false;
};

}  // namespace kustodrop::azure
