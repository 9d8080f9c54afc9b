#include "base/crypto/signing_certificate.hpp"

#include "base/text.hpp"
#include "support/signing.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

namespace {

constexpr long begins = 1'767'225'600;  // 2026-01-01
constexpr long ends = 1'798'761'600;    // 2027-01-01

std::string own_certificate() {
    static auto pem = certificate_pem(shared_key(), begins, ends);
    return pem;
}

std::string why_not(const std::string& pem) {
    auto read = signing_certificate::parse(pem);
    BOOST_TEST_REQUIRE(read.has_error());
    BOOST_TEST(read.error().code == errc::bad_certificate);
    BOOST_TEST((read.error().next == remedy::reconfigure));
    return read.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_certificate_)

BOOST_AUTO_TEST_CASE(reads_key_and_certificate_in_any_order) {
    auto key = key_pem(shared_key());
    auto first = signing_certificate::parse(key + own_certificate());
    auto second = signing_certificate::parse("Bag Attributes\n" + own_certificate() + key);
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST(first->chain() == second->chain());
    BOOST_TEST(to_iso8601(first->begins()) == "2026-01-01T00:00:00.000Z");
    BOOST_TEST(to_iso8601(first->ends()) == "2027-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(puts_its_own_certificate_before_the_others) {
    auto other_key = rsa_key();
    auto other = certificate_pem(other_key.get(), begins, ends);
    auto key = key_pem(shared_key());
    auto alone = signing_certificate::parse(key + own_certificate());
    auto chain = signing_certificate::parse(other + key + own_certificate());
    BOOST_TEST_REQUIRE(chain.has_value());
    BOOST_TEST_REQUIRE(chain->chain().size() == 2u);
    BOOST_TEST(chain->chain().front() == alone->chain().front());
}

BOOST_AUTO_TEST_CASE(signs_in_both_ways) {
    auto read = signing_certificate::parse(key_pem(shared_key()) + own_certificate());
    auto old_way = read->sign("text", signature_algorithm::rs256);
    auto new_way = read->sign("text", signature_algorithm::ps256);
    BOOST_TEST(is_signed("text", old_way, shared_key(), false));
    BOOST_TEST(is_signed("text", new_way, shared_key(), true));
    BOOST_TEST(!is_signed("text", old_way, shared_key(), true));
    BOOST_TEST(!is_signed("texts", new_way, shared_key(), true));
}

BOOST_AUTO_TEST_CASE(knows_the_thumbprint_of_a_known_text) {
    auto known = "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d";
    BOOST_TEST(sha1_thumbprint("abc") == known);
}

BOOST_AUTO_TEST_CASE(says_what_is_missing) {
    BOOST_TEST(why_not("").starts_with("has no private key in it"));
    BOOST_TEST(why_not(own_certificate()).starts_with("has no private key in it"));
    BOOST_TEST(why_not(key_pem(shared_key())).starts_with("has no certificate in it"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_is_distinguished) {
    auto reason = why_not(key_pem(shared_key(), "pass") + own_certificate());
    BOOST_TEST(reason.starts_with("has an encrypted key"));
    BOOST_TEST(reason.find("openssl pkey") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_is_refused) {
    auto other = rsa_key();
    BOOST_TEST(
        why_not(key_pem(other.get()) + own_certificate()).find("none of its") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(short_and_elliptic_keys_are_refused) {
    auto small = rsa_key(1024);
    BOOST_TEST(why_not(key_pem(small.get())).find("2048") != std::string::npos);
    key_pointer curve(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    BOOST_TEST(why_not(key_pem(curve.get())).find("not RSA") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
