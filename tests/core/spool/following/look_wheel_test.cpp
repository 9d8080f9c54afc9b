#include "spool/following/look_wheel.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct turning {
    look_wheel wheel{{1s, 10s}};
    time_point now{1h};

    std::vector<log_number> due(std::size_t limit = 100) const { return wheel.due(now, limit); }
    using logs = std::vector<log_number>;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(look_wheel_, turning)

BOOST_AUTO_TEST_CASE(a_new_log_is_due_at_once) {
    wheel.add(1, now);
    BOOST_TEST(due() == logs{1}, boost::test_tools::per_element());
    BOOST_TEST((wheel.next_due() == now));
}

BOOST_AUTO_TEST_CASE(it_stays_due_until_it_was_looked_at) {
    wheel.add(1, now);
    now += 5s;
    BOOST_TEST(due().size() == 1u);
    wheel.looked(1, true, false, now);
    BOOST_TEST(due().empty());
}

BOOST_AUTO_TEST_CASE(a_log_that_moved_is_due_again_soon) {
    wheel.add(1, now);
    wheel.looked(1, true, false, now);
    BOOST_TEST((wheel.next_due() == now + 1s));
    now += 1s;
    wheel.looked(1, true, false, now);
    BOOST_TEST((wheel.next_due() == now + 1s));
}

BOOST_AUTO_TEST_CASE(a_quiet_log_is_due_at_ever_longer_intervals_up_to_the_longest) {
    wheel.add(1, now);
    for (duration next : {2s, 4s, 8s, 10s, 10s}) {
        BOOST_TEST(!wheel.is_quiet(1));
        wheel.looked(1, false, false, now);
        BOOST_TEST((wheel.next_due() == now + next));
        now += next;
        if (next >= 10s) break;
    }
    BOOST_TEST(wheel.is_quiet(1));
    wheel.looked(1, true, false, now);
    BOOST_TEST(!wheel.is_quiet(1));
    BOOST_TEST((wheel.next_due() == now + 1s));
}

BOOST_AUTO_TEST_CASE(a_log_that_an_event_will_wake_is_not_due) {
    wheel.add(1, now);
    wheel.looked(1, false, true, now);
    BOOST_TEST(!wheel.next_due().has_value());
    now += 24h;
    BOOST_TEST(due().empty());
    wheel.hurry(1, now);
    BOOST_TEST(due().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_that_moved_is_looked_at_again_even_if_an_event_is_awaited) {
    wheel.add(1, now);
    wheel.looked(1, true, true, now);
    BOOST_TEST((wheel.next_due() == now + 1s));
}

BOOST_AUTO_TEST_CASE(an_event_makes_a_log_due_but_never_later_than_it_was) {
    wheel.add(1, now);
    wheel.hurry(1, now + 5s);
    BOOST_TEST((wheel.next_due() == now));
    wheel.looked(1, false, false, now);
    wheel.hurry(1, now + 1s);
    BOOST_TEST((wheel.next_due() == now + 1s));
}

BOOST_AUTO_TEST_CASE(a_look_is_bounded_and_takes_the_longest_waiting_first) {
    for (log_number log = 1; log <= 5; ++log) wheel.add(log, now + std::chrono::seconds(5 - log));
    now += 10s;
    BOOST_TEST(due(2) == (logs{5, 4}), boost::test_tools::per_element());
    BOOST_TEST(due(0).empty());
}

BOOST_AUTO_TEST_CASE(one_log_that_floods_does_not_delay_the_others) {  // C15
    wheel.add(1, now);
    wheel.add(2, now);
    wheel.looked(1, true, false, now);
    wheel.looked(2, false, false, now);
    for (int i = 0; i < 20; ++i) {
        now += 1s;
        for (auto log : due(1)) wheel.looked(log, log == 1, false, now);
        BOOST_TEST((*wheel.next_due() >= now - 1s));
    }
}

BOOST_AUTO_TEST_CASE(what_was_removed_or_never_added_is_not_due) {
    wheel.add(1, now);
    wheel.remove(1);
    wheel.remove(2);
    wheel.hurry(2, now);
    wheel.looked(2, true, false, now);
    BOOST_TEST(due().empty());
    BOOST_TEST(wheel.size() == 0u);
    BOOST_TEST(!wheel.is_quiet(2));
}

BOOST_AUTO_TEST_CASE(adding_twice_changes_nothing) {
    wheel.add(1, now);
    wheel.looked(1, false, false, now);
    wheel.add(1, now);
    BOOST_TEST((wheel.next_due() == now + 2s));
}

BOOST_AUTO_TEST_CASE(the_interval_follows_the_greatest_age_of_a_cut) {
    BOOST_TEST((wheel_for(1min).busy == 10s));
    BOOST_TEST((wheel_for(20s).busy == 5s));
    BOOST_TEST((wheel_for(100ms).busy == 250ms));
    BOOST_TEST((wheel_for(1s).quiet == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
