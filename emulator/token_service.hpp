#pragma once

#include "emulator/service.hpp"
#include "emulator/token_office.hpp"

namespace kustodrop::emulator {

/// The parts of Entra that a client speaks to (protocol.md §1.4): the token endpoint, what MSAL
/// asks for first, and a virtual machine's managed identity (IMDS).
class token_service final : public service {
public:
    token_service(clock& clock, token_office& office) : clock_(clock), office_(office) {}

    /// Our own address, which the documents name.
    void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }

    /// Whether the path is one of this service's.
    static bool owns(const exchange&);

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    http::response act(const exchange&);
    http::response issue(const exchange&);
    http::response issue_for_machine(const exchange&);
    http::response discovery() const;
    http::response openid_configuration(const exchange&) const;
    std::optional<service_error> check_client(const query_parameters&) const;
    std::optional<service_error> check_scope(std::string_view scope) const;

    clock& clock_;
    token_office& office_;
    std::string endpoint_;
};

}  // namespace kustodrop::emulator
