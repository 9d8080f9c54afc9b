#include "azure/identity/client_secret.hpp"

#include "azure/token_answer.hpp"
#include "base/text.hpp"

namespace kustodrop::azure {

static constexpr duration token_timeout = 30s;

static std::string form_field(std::string_view name, std::string_view value) {
    return std::string(name) + "=" + percent_encode(value);
}

// AD FS has its own path and knows no v2.0.
static http::url token_endpoint(const http::url& login, const std::string& tenant) {
    auto path = tenant == "adfs" ? std::string("adfs/oauth2/token")
                                 : percent_encode(tenant) + "/oauth2/v2.0/token";
    return login.without_query().with_path_suffix(path);
}

asio::awaitable<result<access_token>> client_secret_source::fetch(authority authority) {
    auto client_secret = options_.client_secret();
    if (!client_secret) co_return client_secret.error();
    if (client_secret->empty()) {
        co_return failure{"no_secret", remedy::reconfigure, "auth.client_secret is empty"};
    }
    http::request request;
    request.method = http::verb::post;
    request.target = token_endpoint(authority.login_endpoint, options_.tenant_id);
    request.service = "login";
    request.operation = "client_secret";
    request.total_timeout = token_timeout;
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.headers.add("Accept", "application/json");
    request.body = "grant_type=client_credentials&" + form_field("client_id", options_.client_id) +
                   "&" + form_field("client_secret", client_secret->reveal()) + "&" +
                   form_field("scope", authority.scope);
    auto what = request.target.host();
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return answer.error();
    auto token = parse_token_answer(*answer, what, clock_.wall_now());
    if (token) co_return token;
    auto refused = token.error();
    // No endpoint should, but if one sends back what it was sent, it goes no further.
    if (refused.detail.find(client_secret->reveal()) != std::string::npos) {
        refused.detail = "no token from " + what + ": it answered with the secret itself";
    }
    co_return refused;
}

}  // namespace kustodrop::azure
