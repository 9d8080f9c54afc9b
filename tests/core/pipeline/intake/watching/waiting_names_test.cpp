#include "pipeline/intake/watching/waiting_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::earlier_of;
using pipeline::waiting_names;

BOOST_AUTO_TEST_SUITE(waiting_names_)

static constexpr time_point begin = time_point() + 1h;

BOOST_AUTO_TEST_CASE(the_oldest_is_the_one_that_has_waited_longest) {
    waiting_names names;
    BOOST_TEST(!names.oldest().has_value());
    names.add("a", begin + 1s);
    names.add("b", begin);
    names.add("b", begin + 9s);  // It has waited since the first time.
    BOOST_TEST((names.oldest() == begin));
    names.remove("b");
    BOOST_TEST((names.oldest() == begin + 1s));
    names.clear();
    BOOST_TEST(names.empty());
}

BOOST_AUTO_TEST_CASE(what_could_not_be_claimed_is_counted_by_its_reason) {
    waiting_names names;
    failure no_right{errc::claim_refused, remedy::reconfigure, "no right"};
    names.add("unreadable", begin);
    names.refuse("b", no_right, begin);
    names.refuse("a", no_right, begin);
    names.refuse("c", {errc::disk_full, remedy::retry, "full"}, begin);
    auto found = names.refused();
    BOOST_TEST_REQUIRE(found.size() == 2u);
    BOOST_TEST(found[0].code == "claim_refused");
    BOOST_TEST(found[0].files == 2u);
    BOOST_TEST(found[0].example == "a");
    BOOST_TEST(found[0].detail == "no right");
    BOOST_TEST(found[1].code == "disk_full");
    names.remove("a");
    names.remove("b");
    names.remove("c");
    BOOST_TEST(names.refused().empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_folder_any_more_does_not_wait) {
    waiting_names names;
    names.add("a", begin);
    names.add("b", begin + 1s);
    names.begin_pass();
    names.met("b");
    names.met("c");
    names.end_pass();
    BOOST_TEST((names.oldest() == begin + 1s));
}

BOOST_AUTO_TEST_CASE(of_two_moments_the_earlier_one_counts_where_both_are_known) {
    BOOST_TEST((earlier_of(begin, begin + 1s) == begin));
    BOOST_TEST((earlier_of({}, begin) == begin));
    BOOST_TEST((earlier_of(begin, {}) == begin));
    BOOST_TEST(!earlier_of({}, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
