#include "emulator/identity/assertion_check.hpp"

#include "base/crypto/base64url.hpp"
#include "base/crypto/crypto.hpp"
#include "base/crypto/signing_certificate.hpp"
#include "support/manual_clock.hpp"
#include "support/signing.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

constexpr auto audience = "http://127.0.0.1:4/tenant/oauth2/v2.0/token";

struct assertion_world {
    assertion_world() {
        auto now = seconds_now();
        certificate = test::certificate_pem(test::shared_key(), now - 60, now + 3600);
        own.emplace(*signing_certificate::parse(test::key_pem(test::shared_key()) + certificate));
        options.certificates.push_back(certificate);
        options.federated_key = test::public_key_pem(test::shared_key());
        auto name = base64url_encode(sha256(own->chain().front()));
        header = {{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", name}};
        claims = {
            {"aud", audience},
            {"iss", options.client_id},
            {"sub", options.client_id},
            {"jti", "one"},
            {"nbf", now},
            {"exp", now + 600}};
    }

    long seconds_now() const {
        return std::chrono::floor<std::chrono::seconds>(clock.wall_now().time_since_epoch())
            .count();
    }

    // "" or the number of the refusal.
    std::string judged(signature_algorithm algorithm = signature_algorithm::ps256) {
        auto text = base64url_encode(json::serialize(header)) + "." +
                    base64url_encode(json::serialize(claims));
        return result_of(text + "." + base64url_encode(own->sign(text, algorithm)));
    }
    std::string result_of(const std::string& assertion) {
        assertion_check checks(clock, options);
        auto wrong = checks.check(assertion, audience);
        if (!wrong) return "";
        BOOST_TEST(wrong->status == 401u);
        BOOST_TEST(wrong->code == "invalid_client");
        return wrong->details.front().second;
    }

    void speak_the_old_dialect() {
        header.erase("x5t#S256");
        header["alg"] = "RS256";
        header["x5t"] = base64url_encode(sha1_thumbprint(own->chain().front()));
    }
    void be_a_workload() {
        header = {{"alg", "RS256"}, {"kid", "one"}};
        claims["iss"] = options.federated_issuer;
        claims["sub"] = options.federated_subject;
        json::array audiences;
        audiences.emplace_back("api://AzureADTokenExchange");
        claims["aud"] = std::move(audiences);
    }

    test::manual_clock clock;
    identity_options options;
    std::string certificate;
    std::optional<signing_certificate> own;
    json::object header;
    json::object claims;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(assertion_check_, assertion_world)

BOOST_AUTO_TEST_CASE(takes_both_dialects) {
    BOOST_TEST(judged() == "");
    speak_the_old_dialect();
    BOOST_TEST(judged(signature_algorithm::rs256) == "");
}

BOOST_AUTO_TEST_CASE(takes_no_mixture_and_no_other_algorithm) {
    BOOST_TEST(judged(signature_algorithm::rs256) == "700027");
    header["alg"] = "RS256";
    BOOST_TEST(judged(signature_algorithm::rs256) == "5002723");
    header["alg"] = "none";
    BOOST_TEST(judged() == "5002723");
    header["alg"] = "PS256";
    header.erase("x5t#S256");
    BOOST_TEST(judged() == "5002723");
}

BOOST_AUTO_TEST_CASE(takes_registered_certificates_only) {
    options.certificates.clear();
    BOOST_TEST(judged() == "700027");
    auto other = test::rsa_key();
    options.certificates.push_back(test::certificate_pem(other.get(), 0, seconds_now()));
    BOOST_TEST(judged() == "700027");
}

BOOST_AUTO_TEST_CASE(a_chain_begins_with_the_certificate_itself) {
    json::array chain;
    chain.emplace_back(base64_encode(own->chain().front()));
    header["x5c"] = chain;
    BOOST_TEST(judged() == "");
    chain.front() = base64_encode("another");
    header["x5c"] = chain;
    BOOST_TEST(judged() == "50027");
}

BOOST_AUTO_TEST_CASE(every_claim_is_looked_at) {
    struct row {
        std::string claim;
        json::value value;
        std::string number;
    };
    auto now = seconds_now();
    auto good = claims;
    for (auto& [claim, value, number] : std::initializer_list<row>{
             {"aud", "http://127.0.0.1:4/other/oauth2/v2.0/token", "700023"},
             {"sub", "somebody", "700021"},
             {"iss", "somebody", "700211"},
             {"jti", "", "50027"},
             {"exp", now - 301, "700024"},
             {"exp", nullptr, "700024"},
             {"nbf", now + 301, "700024"}}) {
        claims = good;
        claims[claim] = value;
        BOOST_TEST(judged() == number, claim);
    }
    claims = good;
    claims["exp"] = now - 299;
    claims["nbf"] = now + 299;
    BOOST_TEST(judged() == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_token_is_refused_as_malformed) {
    for (auto* text : {"", "a", "a.b.c", "e30.e30", "e30.W10.eA", "e30.e30.e30.e30"}) {
        BOOST_TEST(result_of(text) == "50027", text);
    }
}

BOOST_AUTO_TEST_CASE(takes_a_workload_whose_issuer_is_trusted) {
    be_a_workload();
    BOOST_TEST(judged(signature_algorithm::rs256) == "");
    claims["sub"] = "system:serviceaccount:default:other";
    BOOST_TEST(judged(signature_algorithm::rs256) == "700213");
    be_a_workload();
    claims["aud"] = "api://Other";
    BOOST_TEST(judged(signature_algorithm::rs256) == "700212");
    be_a_workload();
    BOOST_TEST(judged(signature_algorithm::ps256) == "5002738");
    header["alg"] = "none";
    BOOST_TEST(judged(signature_algorithm::rs256) == "5002738");
    be_a_workload();
    options.federated_key.clear();
    BOOST_TEST(judged(signature_algorithm::rs256) == "700211");
}

BOOST_AUTO_TEST_CASE(remembers_what_came) {
    assertion_check checks(clock, options);
    for (int i = 0; i < 300; ++i) checks.check(std::to_string(i), audience);
    BOOST_TEST(checks.seen().size() == 200u);
    BOOST_TEST(checks.seen().back() == "299");
}

BOOST_AUTO_TEST_CASE(does_not_begin_with_keys_that_are_none) {
    options.certificates.emplace_back("nonsense");
    BOOST_CHECK_THROW(assertion_check(clock, options), std::invalid_argument);
    options.certificates.clear();
    options.federated_key = "nonsense";
    BOOST_CHECK_THROW(assertion_check(clock, options), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
