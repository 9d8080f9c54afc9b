#include "azure/identity/entra/client_certificate.hpp"

#include "base/text.hpp"

namespace kustodrop::azure {

static failure unusable(std::string detail) {
    return {errc::bad_certificate, remedy::reconfigure, std::move(detail)};
}

static std::string date_of(wall_time time) { return to_iso8601(time).substr(0, 10); }

result<std::string> client_certificate_source::assertion_for(const authority& authority) {
    auto pem = options_.pem();
    if (!pem) return pem.error();
    auto certificate = signing_certificate::parse(pem->reveal());
    if (!certificate) return unusable(options_.file + " " + certificate.error().detail);
    assertion_facts facts;
    facts.client_id = options_.client_id;
    facts.audience = token_endpoint(authority.login_endpoint, options_.tenant_id).reveal();
    facts.id = make_guid(random_);
    facts.now = clock_.wall_now();
    if (facts.now >= certificate->ends()) {
        return unusable(
            options_.file + " has expired on " + date_of(certificate->ends()) +
            "; make a new one, give its public half to the app registration and put it in place"
        );
    }
    if (facts.now < certificate->begins()) {
        return unusable(
            options_.file + " is not valid before " + date_of(certificate->begins()) +
            "; check this machine's clock"
        );
    }
    // failure is made of a string too, so that the kind of result must be said.
    auto text = make_assertion(*certificate, options_.assertion, facts);
    return result<std::string>(boost::system::in_place_value, std::move(text));
}

asio::awaitable<result<access_token>> client_certificate_source::fetch(authority authority) {
    auto assertion = assertion_for(authority);
    if (!assertion) co_return assertion.error();
    client_proof proof;
    proof.kind = "client_certificate";
    proof.tenant_id = options_.tenant_id;
    proof.client_id = options_.client_id;
    proof.given_as = client_proof::form::assertion;
    proof.value = secret(std::move(*assertion));
    co_return co_await ask_entra(transport_, clock_, std::move(authority), std::move(proof));
}

}  // namespace kustodrop::azure
