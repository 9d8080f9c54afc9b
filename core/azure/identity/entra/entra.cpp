#include "azure/identity/entra/entra.hpp"

#include "azure/identity/token_answer.hpp"
#include "base/text.hpp"

namespace kustodrop::azure {

static constexpr duration token_timeout = 30s;
static constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

// AD FS has its own path and knows no v2.0.
http::url token_endpoint(const http::url& login, const std::string& tenant) {
    auto path = tenant == "adfs" ? std::string("adfs/oauth2/token")
                                 : percent_encode(tenant) + "/oauth2/v2.0/token";
    return login.without_query().with_path_suffix(path);
}

static std::string form_field(std::string_view name, std::string_view value) {
    return std::string(name) + "=" + percent_encode(value);
}

static std::string proof_fields(const client_proof& proof) {
    if (proof.given_as == client_proof::form::secret) {
        return form_field("client_secret", proof.value.reveal());
    }
    return form_field("client_assertion_type", assertion_type) + "&" +
           form_field("client_assertion", proof.value.reveal());
}

static http::request request_for(const authority& authority, const client_proof& proof) {
    http::request out;
    out.method = http::verb::post;
    out.target = token_endpoint(authority.login_endpoint, proof.tenant_id);
    out.service = "login";
    out.operation = proof.kind;
    out.total_timeout = token_timeout;
    out.headers.add("Content-Type", "application/x-www-form-urlencoded");
    out.headers.add("Accept", "application/json");
    out.body = "grant_type=client_credentials&" + form_field("client_id", proof.client_id) + "&" +
               proof_fields(proof) + "&" + form_field("scope", authority.scope);
    return out;
}

asio::awaitable<result<access_token>> ask_entra(
    http::transport& transport, clock& clock, authority authority, client_proof proof
) {
    auto request = request_for(authority, proof);
    auto what = request.target.host();
    auto answer = co_await transport.send(std::move(request));
    if (!answer) co_return answer.error();
    auto token = parse_token_answer(*answer, what, clock.wall_now());
    if (token) co_return token;
    auto refused = token.error();
    // No endpoint should, but if one sends back what it was sent, it goes no further.
    if (refused.detail.find(proof.value.reveal()) != std::string::npos) {
        refused.detail = "no token from " + what + ": it answered with the secret itself";
    }
    co_return refused;
}

}  // namespace kustodrop::azure
