#include "azure/identity/entra/workload_identity.hpp"

#include "base/text.hpp"

namespace kustodrop::azure {

asio::awaitable<result<access_token>> workload_identity_source::fetch(authority authority) {
    auto token = options_.token();
    if (!token) co_return token.error();
    client_proof proof;
    proof.value = secret(std::string(trimmed(token->reveal())));
    if (proof.value.empty()) {
        auto detail = options_.file + " is empty; check the projected service account token volume";
        co_return failure{errc::no_secret, remedy::reconfigure, detail};
    }
    proof.kind = "workload_identity";
    proof.tenant_id = options_.tenant_id;
    proof.client_id = options_.client_id;
    proof.given_as = client_proof::form::assertion;
    co_return co_await ask_entra(transport_, clock_, std::move(authority), std::move(proof));
}

}  // namespace kustodrop::azure
