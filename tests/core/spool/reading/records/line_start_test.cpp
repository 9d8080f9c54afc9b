#include "spool/reading/records/line_start.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(line_start_)

BOOST_AUTO_TEST_CASE(a_pattern_is_about_the_start_of_a_line) {
    BOOST_TEST(line_starts_with("2026", "2026-11-29 text"));
    BOOST_TEST(line_starts_with(
        "20?"
        "?-*",
        "2026-11-29 text"
    ));
    BOOST_TEST(line_starts_with("####-##-## ", "2026-11-29 text"));
    BOOST_TEST(!line_starts_with("####-##-## ", "2026-1x-29 text"));
    BOOST_TEST(!line_starts_with("2026", " 2026"));
    BOOST_TEST(!line_starts_with("2026", "202"));
    BOOST_TEST(line_starts_with("[*] #", "[a/b] 1"));
    BOOST_TEST(line_starts_with("*] #", "[a] b] 1"));
    BOOST_TEST(!line_starts_with("*] #", "[a] b] c"));
    BOOST_TEST(line_starts_with("a*b*c", "a-b-b-c-d"));
    BOOST_TEST(!line_starts_with("a*b*c", "a-c-b"));
    BOOST_TEST(line_starts_with("\\*\\?\\#\\\\", "*?#\\"));
    BOOST_TEST(!line_starts_with("\\*", "x"));
    BOOST_TEST(line_starts_with("*", ""));
    BOOST_TEST(!line_starts_with("?", ""));
    BOOST_TEST(line_starts_with("", ""));
}

BOOST_AUTO_TEST_CASE(a_hard_pattern_takes_no_time) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "*a";
    BOOST_TEST(!line_starts_with(pattern + "b", std::string(100'000, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
