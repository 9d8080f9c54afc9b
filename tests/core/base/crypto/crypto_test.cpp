#include "base/crypto/crypto.hpp"

#include "support/restricted_crypto.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(crypto_)

BOOST_AUTO_TEST_CASE(encodes_base64_like_rfc_4648) {
    for (auto [plain, encoded] : {
             std::pair("", ""),
             std::pair("f", "Zg=="),
             std::pair("fo", "Zm8="),
             std::pair("foo", "Zm9v"),
             std::pair("foob", "Zm9vYg=="),
             std::pair("fooba", "Zm9vYmE="),
             std::pair("foobar", "Zm9vYmFy"),
         }) {
        BOOST_TEST(base64_encode(plain) == encoded);
        BOOST_TEST(base64_decode(encoded).value() == plain);
    }
    BOOST_TEST(base64_encode("\xFB\xFF\xFE"s) == "+//+");
}

BOOST_AUTO_TEST_CASE(decodes_every_byte_it_encoded) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    BOOST_TEST(base64_decode(base64_encode(every)).value() == every);
}

BOOST_AUTO_TEST_CASE(rejects_what_is_not_base64) {
    for (auto text : {
             "Z",
             "Zg",
             "Zg=",
             "====",
             "Z===",
             "=Zg=",
             "Zg==Zg==",
             "Zm9v\n",
             " Zm9",
             "Zm 9",
             "-_-_",
             "Zm9v====",
         }) {
        BOOST_TEST(!base64_decode(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(hashes_like_the_standards_say) {
    BOOST_TEST(
        hex_encode(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    BOOST_TEST(
        hex_encode(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    BOOST_TEST(hex_encode(*md5("")) == "d41d8cd98f00b204e9800998ecf8427e");
    BOOST_TEST(hex_encode(*md5("message digest")) == "f96b697d7cb7938d525a2f31aaf161d0");
}

BOOST_AUTO_TEST_CASE(a_system_without_md5_is_no_error) {
    {
        test::restricted_crypto fips;
        BOOST_TEST(!md5("abc").has_value());
        BOOST_CHECK_THROW(sha256("abc"), std::runtime_error);
    }
    BOOST_TEST(md5("abc").has_value());
}

BOOST_AUTO_TEST_CASE(authenticates_like_rfc_4231) {
    BOOST_TEST(
        hex_encode(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    BOOST_TEST(
        hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    BOOST_TEST(
        hex_encode(hmac_sha256(
            std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"
        )) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

BOOST_AUTO_TEST_CASE(hex_keeps_leading_zeros) {
    BOOST_TEST(hex_encode("\x00\x0f\xff"s) == "000fff");
}

BOOST_AUTO_TEST_CASE(draws_bytes_that_do_not_repeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(random_bytes(16));
    BOOST_TEST(seen.size() == 100u);
    BOOST_TEST(random_bytes(0).empty());
}

BOOST_AUTO_TEST_CASE(wipes_memory) {
    auto text = "a secret"s;
    wipe(text.data(), 5);
    BOOST_TEST(text == "\0\0\0\0\0ret"s);
}

BOOST_AUTO_TEST_SUITE_END()
