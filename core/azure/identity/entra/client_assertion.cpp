#include "azure/identity/entra/client_assertion.hpp"

#include "base/crypto/base64url.hpp"
#include "base/crypto/crypto.hpp"

#include <boost/json.hpp>

namespace kustodrop::azure {

namespace json = boost::json;

static constexpr std::chrono::minutes assertion_life{10};

// One dialect, never a mixture: AD FS knows only the first, MSAL prefers the second.
static json::object header_of(
    const signing_certificate& certificate, const assertion_options& options
) {
    auto& own = certificate.chain().front();
    json::object out{{"typ", "JWT"}};
    if (options.algorithm == signature_algorithm::rs256) {
        out["alg"] = "RS256";
        out["x5t"] = base64url_encode(sha1_thumbprint(own));
    } else {
        out["alg"] = "PS256";
        out["x5t#S256"] = base64url_encode(sha256(own));
    }
    if (!options.send_chain) return out;
    json::array chain;
    for (auto& one : certificate.chain()) chain.emplace_back(base64_encode(one));
    out["x5c"] = std::move(chain);
    return out;
}

static json::object claims_of(const assertion_facts& facts) {
    auto now = std::chrono::floor<std::chrono::seconds>(facts.now.time_since_epoch());
    return {
        {"aud", facts.audience},
        {"iss", facts.client_id},
        {"sub", facts.client_id},
        {"jti", facts.id},
        {"iat", now.count()},
        {"nbf", now.count()},
        {"exp", (now + assertion_life).count()},
    };
}

std::string make_assertion(
    const signing_certificate& certificate,
    const assertion_options& options,
    const assertion_facts& facts
) {
    auto text = base64url_encode(json::serialize(header_of(certificate, options))) + "." +
                base64url_encode(json::serialize(claims_of(facts)));
    return text + "." + base64url_encode(certificate.sign(text, options.algorithm));
}

}  // namespace kustodrop::azure
