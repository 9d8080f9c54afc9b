#include "emulator/identity/assertion_check.hpp"

#include "base/crypto/base64url.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/signing_certificate.hpp"
#include "base/text.hpp"
#include "emulator/identity/signatures.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace kustodrop::emulator {

namespace json = boost::json;
using std::chrono::seconds;

static constexpr std::size_t remembered = 200;
static constexpr seconds tolerated_skew{300};
static constexpr std::string_view exchange_audience = "api://AzureADTokenExchange";

/// The three parts of a JSON Web Token, decoded.
struct assertion_check::parts {
    json::object header;
    json::object claims;
    std::string signature;
    std::string signed_text;

    static std::optional<parts> take(std::string_view text) {
        auto segments = split(text, '.');
        if (segments.size() != 3) return std::nullopt;
        auto object = [](std::string_view part) -> std::optional<json::object> {
            auto decoded = base64url_decode(part);
            boost::system::error_code error;
            auto value = json::parse(decoded.value_or(""), error);
            if (error || !value.is_object()) return std::nullopt;
            return std::move(value.get_object());
        };
        auto header = object(segments[0]);
        auto claims = object(segments[1]);
        auto signature = base64url_decode(segments[2]);
        if (!header || !claims || !signature) return std::nullopt;
        parts out;
        out.header = std::move(*header);
        out.claims = std::move(*claims);
        out.signature = std::move(*signature);
        out.signed_text = std::string(text.substr(0, segments[0].size() + 1 + segments[1].size()));
        return out;
    }

    static std::string text(const json::object& from, std::string_view name) {
        auto* value = from.if_contains(name);
        // Kubernetes writes its audience as a list of one.
        if (value && value->is_array() && value->get_array().size() == 1) {
            value = &value->get_array().front();
        }
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    }
    std::string in_header(std::string_view name) const { return text(header, name); }
    std::string claim(std::string_view name) const { return text(claims, name); }
    std::optional<std::int64_t> time(std::string_view name) const {
        auto* value = claims.if_contains(name);
        if (!value || !value->is_number()) return std::nullopt;
        return value->to_number<std::int64_t>();
    }
};

static service_error refused(std::string number, std::string message) {
    return {401, "invalid_client", std::move(message), {{"number", std::move(number)}}};
}

assertion_check::assertion_check(clock& clock, const identity_options& options)
    : clock_(clock), options_(options) {
    for (auto& pem : options.certificates) {
        certificates_.push_back({pem, certificate_der(pem)});
    }
    if (!options.federated_key.empty() && !is_public_key(options.federated_key)) {
        throw std::invalid_argument("--federated-key is not a public key in PEM");
    }
}

std::optional<service_error> assertion_check::check(
    std::string_view assertion, const std::string& audience
) {
    seen_.emplace_back(assertion);
    if (seen_.size() > remembered) seen_.pop_front();
    auto taken = parts::take(assertion);
    if (!taken) return refused("50027", "JWT token is invalid or malformed.");
    bool own = equals_ignoring_case(taken->claim("iss"), options_.client_id);
    auto wrong = own ? check_certificate(*taken, audience) : check_workload(*taken);
    if (wrong) return wrong;
    return check_times(*taken);
}

std::optional<service_error> assertion_check::check_times(const parts& given) const {
    auto now = std::chrono::floor<seconds>(clock_.wall_now().time_since_epoch());
    auto expires = given.time("exp");
    auto begins = given.time("nbf");
    bool late = !expires || seconds(*expires) + tolerated_skew < now;
    bool early = begins && seconds(*begins) - tolerated_skew > now;
    if (!late && !early) return std::nullopt;
    return refused(
        "700024",
        "Client assertion is not within its valid time range. Current time: " +
            to_iso8601(clock_.wall_now()) + "."
    );
}

const registered_certificate* assertion_check::signer_of(const parts& given) const {
    auto sha256_name = given.in_header("x5t#S256");
    auto sha1_name = given.in_header("x5t");
    for (auto& one : certificates_) {
        if (!sha256_name.empty() && base64url_encode(sha256(one.der)) == sha256_name) return &one;
        if (!sha1_name.empty() && base64url_encode(sha1_thumbprint(one.der)) == sha1_name)
            return &one;
    }
    return nullptr;
}

// Each algorithm with the fingerprint that goes with it; the chain, if there is one, begins with
// the certificate itself.
std::optional<service_error> assertion_check::check_certificate(
    const parts& given, const std::string& audience
) const {
    auto algorithm = given.in_header("alg");
    bool old_dialect = algorithm == "RS256" && given.header.contains("x5t");
    bool new_dialect = algorithm == "PS256" && given.header.contains("x5t#S256");
    if (!old_dialect && !new_dialect) {
        return refused("5002723", "Invalid JWT token. The algorithm and thumbprint do not match.");
    }
    auto* signer = signer_of(given);
    if (!signer) {
        return refused(
            "700027",
            "The certificate with identifier used to sign the client assertion is not registered "
            "on application. [Reason - The key was not found.]"
        );
    }
    auto* chain = given.header.if_contains("x5c");
    if (chain) {
        auto* list = chain->if_array();
        bool good = list && !list->empty() && list->front().is_string() &&
                    std::string_view(list->front().get_string()) == base64_encode(signer->der);
        if (!good)
            return refused("50027", "JWT token is invalid: x5c does not begin with its key.");
    }
    auto padding = new_dialect ? rsa_padding::pss : rsa_padding::pkcs1;
    if (!is_signed_by_certificate(given.signed_text, given.signature, signer->pem, padding)) {
        return refused(
            "700027", "Client assertion failed signature validation. [Reason - The key was used.]"
        );
    }
    if (!equals_ignoring_case(given.claim("sub"), options_.client_id)) {
        return refused("700021", "Client assertion's subject does not match the application.");
    }
    if (given.claim("aud") != audience) {
        return refused(
            "700023", "Client assertion audience claim does not match Realm issuer: " + audience
        );
    }
    if (given.claim("jti").empty()) return refused("50027", "JWT token is invalid: no jti.");
    return std::nullopt;
}

std::optional<service_error> assertion_check::check_workload(const parts& given) const {
    auto issuer = given.claim("iss");
    if (options_.federated_key.empty() || issuer != options_.federated_issuer) {
        return refused(
            "700211",
            "No matching federated identity record found for presented assertion issuer '" +
                issuer + "'."
        );
    }
    if (given.claim("sub") != options_.federated_subject) {
        return refused(
            "700213",
            "No matching federated identity record found for presented assertion subject '" +
                given.claim("sub") + "'."
        );
    }
    if (given.claim("aud") != exchange_audience) {
        return refused(
            "700212",
            "No matching federated identity record found for presented assertion audience '" +
                given.claim("aud") + "'."
        );
    }
    bool right = given.in_header("alg") == "RS256" &&
                 is_signed_by_key(given.signed_text, given.signature, options_.federated_key);
    if (right) return std::nullopt;
    return refused("5002738", "Invalid JWT token. The token's signature is not its issuer's.");
}

}  // namespace kustodrop::emulator
