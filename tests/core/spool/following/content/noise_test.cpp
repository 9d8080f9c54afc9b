#include "spool/following/content/noise.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using kustodrop::spool::is_noise;

namespace {

std::string random_bytes(std::size_t count) {
    std::mt19937 random(7);
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(random());
    return out;
}

std::string repeated(const std::string& text) {
    std::string out;
    while (out.size() < 4096) out += text;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(noise_)

BOOST_AUTO_TEST_CASE(what_shred_writes_is_noise) {
    for (std::size_t size : {100u, 512u, 4096u}) BOOST_TEST(is_noise(random_bytes(size)));
}

BOOST_AUTO_TEST_CASE(text_is_not) {
    BOOST_TEST(!is_noise(repeated("1,a line of a log\n")));
    BOOST_TEST(!is_noise(repeated("\x1B[31mcoloured\x1B[0m\t\r\n")));
    BOOST_TEST(!is_noise(repeated("\xC3\xA4\xE6\x97\xA5\xE6\x9C\xAC\n")));
    BOOST_TEST(!is_noise(repeated("\xE4\xF6\xFC in Latin-1\n")));
    BOOST_TEST(!is_noise(repeated(std::string("\xFF\xFEu\0t\0f\0\n\0", 10))));
    BOOST_TEST(!is_noise(std::string(4096, '\0')));
}

BOOST_AUTO_TEST_CASE(so_little_says_nothing) {
    BOOST_TEST(!is_noise(""));
    BOOST_TEST(!is_noise(random_bytes(20)));
}

BOOST_AUTO_TEST_SUITE_END()
