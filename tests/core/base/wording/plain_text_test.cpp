#include "base/wording/plain_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;

static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

BOOST_AUTO_TEST_SUITE(plain_text)

BOOST_AUTO_TEST_CASE(plain_text_is_passed_in_eights) {
    std::string text(30, 'a');
    BOOST_TEST(plain_prefix(text) == 24u);
    BOOST_TEST(plain_prefix(text.substr(0, 8)) == 8u);
    BOOST_TEST(plain_prefix(text.substr(0, 7)) == 0u);
    BOOST_TEST(plain_prefix("") == 0u);
}

BOOST_AUTO_TEST_CASE(each_byte_at_each_place_beside_each_other_one) {
    for (int byte = 0; byte < 256; ++byte) {
        for (int beside = 0; beside < 256; ++beside) {
            for (std::size_t place = 0; place < 8; ++place) {
                std::string text(8, 'a');
                text[(place + 1) % 8] = static_cast<char>(beside);
                text[place] = static_cast<char>(byte);
                auto both = is_plain(static_cast<unsigned char>(byte)) &&
                            is_plain(static_cast<unsigned char>(beside));
                if ((plain_prefix(text) == 8) != both) {
                    BOOST_ERROR("bytes " << byte << " and " << beside << " at " << place);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
