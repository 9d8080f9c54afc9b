#include "base/wording/counted.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(counted_)

BOOST_AUTO_TEST_CASE(gives_one_thing_no_plural) {
    BOOST_TEST(counted(0, "file") == "0 files");
    BOOST_TEST(counted(1, "file") == "1 file");
    BOOST_TEST(counted(2, "file") == "2 files");
    BOOST_TEST(by_number(0, "is", "are") == "are");
    BOOST_TEST(by_number(1, "is", "are") == "is");
    BOOST_TEST(by_number(21, "is", "are") == "are");
}

BOOST_AUTO_TEST_SUITE_END()
