#include "pipeline/outcomes/polling/polling_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;
using pipeline::polling_options;
using pipeline::polling_schedule;

struct scheduling {
    random_generator random{7};
    polling_options options{1s, 60s, 20s};
    polling_schedule schedule{options, random};
    time_point start = time_point(1h);
};

BOOST_FIXTURE_TEST_SUITE(polling_schedule_, scheduling)

BOOST_AUTO_TEST_CASE(searches_only_for_what_is_overdue) {
    BOOST_TEST(!schedule.may_search(start, start, start + 5s));
    BOOST_TEST(schedule.may_search(start, start, start + 6s));
}

BOOST_AUTO_TEST_CASE(a_short_timeout_shortens_the_wait_wait_before_search) {
    polling_schedule brief({10s, 12s, 20s}, random);
    BOOST_TEST(brief.may_search(start, start, start + 2s));
    BOOST_TEST((brief.look_distance() == 2s));
    polling_schedule default_one({}, random);
    BOOST_TEST((default_one.wait_before_search() == duration(1min)));
    BOOST_TEST((default_one.look_distance() == duration(20s)));
}

BOOST_AUTO_TEST_CASE(a_slow_service_makes_leases_longer_but_not_longer_than_a_pass_may_last) {
    BOOST_TEST((schedule.lease() == duration(1s)));
    for (int i = 0; i < 40; ++i) schedule.searched_part(250ms);
    BOOST_TEST((schedule.lease() > duration(11s) && schedule.lease() <= duration(12s)));
    for (int i = 0; i < 40; ++i) schedule.searched_part(10s);
    BOOST_TEST((schedule.lease() == duration(21s)));
}

BOOST_AUTO_TEST_CASE(polls_less_often_the_older_the_youngest_post_is) {
    BOOST_TEST((wait_before_poll(options, 0s) == duration(1s)));
    BOOST_TEST((wait_before_poll(options, 20s) == duration(1s)));
    BOOST_TEST((wait_before_poll(options, 60s) == duration(3s)));
    BOOST_TEST((wait_before_poll(options, 1h) == duration(6s)));
    BOOST_TEST((wait_before_poll(options, std::nullopt) == duration(6s)));
}

BOOST_AUTO_TEST_CASE(searches_less_often_the_older_the_youngest_post_is_until_one_is_due) {
    polling_schedule rare({1s, 1h, 20s}, random);
    rare.searched(start + 10min);
    BOOST_TEST(!rare.may_search(start, start, start + 11min));
    BOOST_TEST(rare.may_search(start, start + 10min, start + 11min));
    BOOST_TEST(rare.may_search(start, start, start + 12min));
    rare.searched(start + 1h);
    BOOST_TEST(rare.may_search(start, start, start + 1h + 20s));
}

BOOST_AUTO_TEST_CASE(a_search_that_was_hindered_is_soon_tried_again) {
    polling_schedule rare({1s, 1h, 20s}, random);
    rare.searched(start + 10min, true);
    BOOST_TEST(!rare.may_search(start, start, start + 10min + 1s));
    BOOST_TEST(rare.may_search(start, start, start + 10min + 3s));
}

BOOST_AUTO_TEST_CASE(a_search_that_others_prevented_waits_about_as_long_as_their_leases) {
    std::set<duration> waits;
    for (int i = 0; i < 20; ++i) {
        auto wait = schedule.wait_when_hidden();
        BOOST_TEST((wait >= schedule.lease() / 2 && wait <= schedule.lease() * 3 / 2));
        waits.insert(wait);
    }
    BOOST_TEST(waits.size() > 10u);
}

BOOST_AUTO_TEST_CASE(searches_again_at_a_time_that_is_drawn) {
    auto at = start + 10s;
    std::set<duration> waits;
    for (int i = 0; i < 20; ++i) {
        schedule.searched(at);
        auto next = at;
        while (!schedule.may_search(start, next, next)) next += 1ms;
        BOOST_TEST((next >= at + 9s && next <= at + 15s));
        waits.insert(next - at);
    }
    BOOST_TEST(waits.size() > 10u);
}

BOOST_AUTO_TEST_CASE(one_look_after_the_deadline_proves_nothing) {
    auto deadline = start + 60s;
    schedule.looked(deadline - 1s);
    schedule.looked(deadline + 10s);
    BOOST_TEST(!schedule.is_over(deadline, deadline + 11s, false));
    schedule.looked(deadline + 20s);
    BOOST_TEST(schedule.is_over(deadline, deadline + 21s, false));
    BOOST_TEST(!schedule.is_over(deadline + 30s, deadline + 21s, false));
}

BOOST_AUTO_TEST_CASE(looks_that_follow_at_once_count_as_one) {
    auto deadline = start + 60s;
    schedule.looked(deadline);
    for (auto at = deadline; at < deadline + 3s; at += 100ms) schedule.looked(at);
    BOOST_TEST(!schedule.is_over(deadline, deadline + 3s, false));
    schedule.looked(deadline + 9s);
    BOOST_TEST(schedule.is_over(deadline, deadline + 9s, false));
}

BOOST_AUTO_TEST_CASE(the_grace_ends_it_without_a_clear_look) {
    auto deadline = start + 60s;
    BOOST_TEST(!schedule.is_over(deadline, deadline + 35s, false));
    BOOST_TEST(schedule.is_over(deadline, deadline + 36s, false));
}

BOOST_AUTO_TEST_CASE(a_poller_that_could_not_look_waits_longer_but_not_forever) {
    auto deadline = start + 60s;
    BOOST_TEST(!schedule.is_over(deadline, deadline + 59s, true));
    BOOST_TEST(schedule.is_over(deadline, deadline + 60s, true));
}

BOOST_AUTO_TEST_SUITE_END()
