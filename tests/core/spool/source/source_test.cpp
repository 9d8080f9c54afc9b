#include "spool/source/source.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(source_ids)

BOOST_AUTO_TEST_CASE(begin_with_the_time_as_rfc_9562_lays_it_out) {
    random_generator random(7);
    // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z.
    wall_time then(1'645'557'742s);
    auto id = make_source_id(random, then);
    BOOST_TEST(is_guid(id), id);
    BOOST_TEST(id.substr(0, 18) == "017f22e2-79b0-7000");
    BOOST_TEST((id.find_first_of("89ab", 19) == 19), id);
    auto late = make_source_id(random, then + 999us);
    BOOST_TEST(late.substr(0, 18) == "017f22e2-79b0-7ffb");
}

BOOST_AUTO_TEST_CASE(sort_by_time_and_differ_within_a_moment) {
    random_generator random(7);
    wall_time now(1'800'000'000s);
    auto last = make_source_id(random, now);
    BOOST_TEST(make_source_id(random, now) != last);
    for (int i = 0; i < 5000; ++i) {
        now += 1us;
        auto next = make_source_id(random, now);
        BOOST_TEST(last < next);
        last = next;
    }
}

BOOST_AUTO_TEST_CASE(are_guids_even_with_a_clock_before_1970) {
    random_generator random(7);
    auto id = make_source_id(random, wall_time(-1us));
    BOOST_TEST(is_guid(id), id);
    BOOST_TEST(id.substr(0, 18) == "ffffffff-ffff-7ffb");
}

BOOST_AUTO_TEST_SUITE_END()
