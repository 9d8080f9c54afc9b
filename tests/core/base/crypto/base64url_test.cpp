#include "base/crypto/base64url.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(base64url_)

BOOST_AUTO_TEST_CASE(has_its_own_letters_and_no_padding) {
    BOOST_TEST(base64url_encode("\xfb\xff\xfe") == "-__-");
    BOOST_TEST(base64url_encode("a") == "YQ");
    BOOST_TEST(base64url_encode("") == "");
    BOOST_TEST(base64url_decode("-__-").value() == "\xfb\xff\xfe");
    BOOST_TEST(base64url_decode("YQ").value() == "a");
    for (auto* wrong : {"YQ==", "+/==", "a", "a b"}) BOOST_TEST(!base64url_decode(wrong));
}

BOOST_AUTO_TEST_SUITE_END()
