#include "azure/identity/entra/client_certificate.hpp"

#include "base/crypto/base64url.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "support/scripted_transport.hpp"
#include "support/signing.hpp"
#include "support/world.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;

namespace {

constexpr auto token_body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ"})";
constexpr auto token_url = "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token";

struct certificate_world : test::world {
    certificate_world() {
        where.login_endpoint = *http::url::parse("https://login.microsoftonline.com");
        where.scope = "https://kusto.kusto.windows.net/.default";
        auto now = seconds_now();
        pem = test::key_pem(test::shared_key()) +
              test::certificate_pem(test::shared_key(), now - 3600, now + 3600);
        options.tenant_id = "tenant-1";
        options.client_id = "client-1";
        options.file = "/c.pem";
        options.pem = [this]() -> result<secret> {
            if (unreadable) return *unreadable;
            return secret(pem);
        };
    }

    long seconds_now() const {
        return std::chrono::floor<std::chrono::seconds>(clock.wall_now().time_since_epoch())
            .count();
    }

    result<azure::access_token> fetch() {
        azure::client_certificate_source source(network, clock, random, options);
        auto task = start(source.fetch(where));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    // The assertion of the last request, taken apart.
    struct assertion {
        json::object header;
        json::object claims;
        std::string text;  // What is signed.
        std::string signature;
    };
    assertion sent() {
        auto& body = network.last().body;
        auto at = body.find("client_assertion=") + 17;
        auto token = body.substr(at, body.find('&', at) - at);
        auto parts = split(token, '.');
        BOOST_TEST_REQUIRE(parts.size() == 3u);
        auto object = [](std::string_view part) {
            return json::parse(base64url_decode(part).value()).as_object();
        };
        assertion out;
        out.header = object(parts[0]);
        out.claims = object(parts[1]);
        out.text = std::string(parts[0]) + "." + std::string(parts[1]);
        out.signature = base64url_decode(parts[2]).value();
        return out;
    }

    std::string pem;
    std::optional<failure> unreadable;
    random_generator random{7};
    azure::client_certificate_options options;
    azure::authority where;
    test::scripted_transport network;
};

std::string text_of(const json::object& from, std::string_view name) {
    return std::string(from.at(name).as_string());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_certificate_, certificate_world)

BOOST_AUTO_TEST_CASE(shows_an_assertion_instead_of_a_secret) {
    network.answer(200, token_body);
    BOOST_TEST(fetch()->value.reveal() == "eyJ");
    BOOST_TEST(network.last().target.reveal() == token_url);
    auto& body = network.last().body;
    BOOST_TEST(body.starts_with(
        "grant_type=client_credentials&client_id=client-1&client_assertion_type=urn%3Aietf%3A"
        "params%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="
    ));
    BOOST_TEST(body.ends_with("&scope=https%3A%2F%2Fkusto.kusto.windows.net%2F.default"));
    BOOST_TEST(body.find("client_secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(claims_ten_minutes_for_exactly_that_endpoint) {
    network.answer(200, token_body);
    fetch();
    auto claims = sent().claims;
    BOOST_TEST(text_of(claims, "aud") == token_url);
    BOOST_TEST(text_of(claims, "iss") == "client-1");
    BOOST_TEST(text_of(claims, "sub") == "client-1");
    BOOST_TEST(is_guid(text_of(claims, "jti")));
    BOOST_TEST(claims.at("nbf").as_int64() == seconds_now());
    BOOST_TEST(claims.at("exp").as_int64() == seconds_now() + 600);
}

BOOST_AUTO_TEST_CASE(no_two_assertions_have_one_id) {
    network.answer(200, token_body);
    fetch();
    auto first = text_of(sent().claims, "jti");
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(text_of(sent().claims, "jti") != first);
}

BOOST_AUTO_TEST_CASE(speaks_the_new_dialect_and_nothing_of_the_old) {
    network.answer(200, token_body);
    fetch();
    auto assertion = sent();
    auto der = signing_certificate::parse(pem)->chain().front();
    BOOST_TEST(text_of(assertion.header, "alg") == "PS256");
    BOOST_TEST(text_of(assertion.header, "typ") == "JWT");
    BOOST_TEST(text_of(assertion.header, "x5t#S256") == base64url_encode(sha256(der)));
    BOOST_TEST(!assertion.header.contains("x5t"));
    BOOST_TEST(!assertion.header.contains("x5c"));
    BOOST_TEST(test::is_signed(assertion.text, assertion.signature, test::shared_key(), true));
}

BOOST_AUTO_TEST_CASE(speaks_the_old_dialect_and_nothing_of_the_new) {
    options.assertion.algorithm = signature_algorithm::rs256;
    network.answer(200, token_body);
    fetch();
    auto assertion = sent();
    auto der = signing_certificate::parse(pem)->chain().front();
    BOOST_TEST(text_of(assertion.header, "alg") == "RS256");
    BOOST_TEST(text_of(assertion.header, "x5t") == base64url_encode(sha1_thumbprint(der)));
    BOOST_TEST(!assertion.header.contains("x5t#S256"));
    BOOST_TEST(test::is_signed(assertion.text, assertion.signature, test::shared_key(), false));
}

BOOST_AUTO_TEST_CASE(sends_the_chain_on_request) {
    auto other = test::rsa_key();
    pem += test::certificate_pem(other.get(), 0, 1);
    options.assertion.send_chain = true;
    network.answer(200, token_body);
    fetch();
    auto sent_chain = sent().header.at("x5c").as_array();
    auto chain = signing_certificate::parse(pem)->chain();
    BOOST_TEST_REQUIRE(sent_chain.size() == 2u);
    BOOST_TEST(std::string(sent_chain[0].as_string()) == base64_encode(chain[0]));
    BOOST_TEST(std::string(sent_chain[1].as_string()) == base64_encode(chain[1]));
}

BOOST_AUTO_TEST_CASE(a_renewed_certificate_is_used_at_once) {
    network.answer(200, token_body);
    fetch();
    auto old_name = text_of(sent().header, "x5t#S256");
    auto now = seconds_now();
    pem = test::key_pem(test::shared_key()) +
          test::certificate_pem(test::shared_key(), now - 60, now + 7200);
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(text_of(sent().header, "x5t#S256") != old_name);
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_reported_before_anything_is_sent) {
    auto why = [this] {
        auto failed = fetch().error();
        BOOST_TEST((failed.next == remedy::reconfigure));
        return failed.detail;
    };
    auto now = seconds_now();
    auto key = test::key_pem(test::shared_key());
    pem = key + test::certificate_pem(test::shared_key(), now - 7200, now - 3600);
    BOOST_TEST(why().starts_with("/c.pem has expired on 2026-08-2"));
    pem = key + test::certificate_pem(test::shared_key(), now + 3600, now + 7200);
    BOOST_TEST(why().find("check this machine's clock") != std::string::npos);
    pem = key;
    BOOST_TEST(why().starts_with("/c.pem has no certificate in it"));
    unreadable = failure{errc::unreadable, remedy::reconfigure, "/c.pem: Permission denied"};
    BOOST_TEST(why() == "/c.pem: Permission denied");
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_explained) {
    network.answer(401, R"({"error":"invalid_client","error_codes":[700027]})");
    auto failed = fetch().error();
    BOOST_TEST(failed.code.text() == "AADSTS700027");
    BOOST_TEST(failed.detail.find("certificate") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
