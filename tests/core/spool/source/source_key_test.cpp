#include "spool/source/source_key.hpp"

#include "spool/source/source.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(source_keys)

BOOST_AUTO_TEST_CASE(give_the_id_back) {
    random_generator random(7);
    wall_time now(1'800'000'000s);
    std::string last;
    for (int i = 0; i < 1000; ++i) {
        auto id = make_source_id(random, now += 1us);
        auto key = key_of(id);
        BOOST_TEST_REQUIRE(key.has_value());
        BOOST_TEST(id_of(*key) == id);
        BOOST_TEST((last.empty() || *key_of(last) < *key));
        last = id;
    }
    BOOST_TEST(id_of({0, 1}) == "00000000-0000-0000-0000-000000000001");
    BOOST_TEST(id_of({~0u, 0}) == "00000000-ffff-ffff-0000-000000000000");
}

BOOST_AUTO_TEST_CASE(are_of_guids_in_lower_case_only) {
    BOOST_TEST(key_of("00000000-0000-4000-8000-00000000000f").has_value());
    for (auto other :
         {"",
          "1",
          "00000000-0000-4000-8000-00000000000F",
          "00000000-0000-4000-8000-00000000000g",
          "00000000-0000-4000-8000-0000000000010",
          "00000000-0000-4000-8000-00000000000",
          "00000000+0000-4000-8000-000000000000",
          "000000000000-4000-8000-0000000000000-"}) {
        BOOST_TEST(!key_of(other).has_value(), other);
    }
}

BOOST_AUTO_TEST_SUITE_END()
