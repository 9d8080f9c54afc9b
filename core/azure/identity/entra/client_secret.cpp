#include "azure/identity/entra/client_secret.hpp"

namespace kustodrop::azure {

asio::awaitable<result<access_token>> client_secret_source::fetch(authority authority) {
    auto client_secret = options_.client_secret();
    if (!client_secret) co_return client_secret.error();
    if (client_secret->empty()) {
        co_return failure{errc::no_secret, remedy::reconfigure, "auth.client_secret is empty"};
    }
    client_proof proof;
    proof.kind = "client_secret";
    proof.tenant_id = options_.tenant_id;
    proof.client_id = options_.client_id;
    proof.value = std::move(*client_secret);
    co_return co_await ask_entra(transport_, clock_, std::move(authority), std::move(proof));
}

}  // namespace kustodrop::azure
