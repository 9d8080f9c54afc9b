#include "pipeline/shipping/patience.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;
using pipeline::patience;
using pipeline::patience_options;

struct waiting {
    random_generator random{7};
    patience_options options{1s, 60s, 20s};
    patience ours{options, random};
    time_point start = time_point(1h);
};

BOOST_FIXTURE_TEST_SUITE(patience_, waiting)

BOOST_AUTO_TEST_CASE(digs_only_for_what_is_overdue) {
    BOOST_TEST(!ours.may_dig(start, start, start + 5s));
    BOOST_TEST(ours.may_dig(start, start, start + 6s));
}

BOOST_AUTO_TEST_CASE(a_short_timeout_shortens_the_wait_before_digging) {
    patience hasty({10s, 12s, 20s}, random);
    BOOST_TEST(hasty.may_dig(start, start, start + 2s));
    BOOST_TEST((hasty.breath() == 2s));
    patience default_one({}, random);
    BOOST_TEST((default_one.before_digging() == duration(1min)));
    BOOST_TEST((default_one.breath() == duration(20s)));
}

BOOST_AUTO_TEST_CASE(a_slow_service_makes_leases_longer_but_not_longer_than_a_pass_may_last) {
    BOOST_TEST((ours.lease() == duration(1s)));
    for (int i = 0; i < 40; ++i) ours.dug_for(250ms);
    BOOST_TEST((ours.lease() > duration(11s) && ours.lease() <= duration(12s)));
    for (int i = 0; i < 40; ++i) ours.dug_for(10s);
    BOOST_TEST((ours.lease() == duration(21s)));
}

BOOST_AUTO_TEST_CASE(polls_less_often_the_older_the_youngest_post_is) {
    BOOST_TEST((ours.before_polling(0s) == duration(1s)));
    BOOST_TEST((ours.before_polling(20s) == duration(1s)));
    BOOST_TEST((ours.before_polling(60s) == duration(3s)));
    BOOST_TEST((ours.before_polling(1h) == duration(6s)));
}

BOOST_AUTO_TEST_CASE(digs_less_often_the_older_the_youngest_post_is_until_one_is_due) {
    patience patient({1s, 1h, 20s}, random);
    patient.dug(start + 10min);
    BOOST_TEST(!patient.may_dig(start, start, start + 11min));
    BOOST_TEST(patient.may_dig(start, start + 10min, start + 11min));
    BOOST_TEST(patient.may_dig(start, start, start + 12min));
    patient.dug(start + 1h);
    BOOST_TEST(patient.may_dig(start, start, start + 1h + 20s));
}

BOOST_AUTO_TEST_CASE(a_dig_that_was_hindered_is_soon_tried_again) {
    patience patient({1s, 1h, 20s}, random);
    patient.dug(start + 10min, true);
    BOOST_TEST(!patient.may_dig(start, start, start + 10min + 1s));
    BOOST_TEST(patient.may_dig(start, start, start + 10min + 3s));
}

BOOST_AUTO_TEST_CASE(one_that_others_kept_from_digging_waits_about_as_long_as_they_hold) {
    std::set<duration> waits;
    for (int i = 0; i < 20; ++i) {
        auto wait = ours.before_trying_again();
        BOOST_TEST((wait >= ours.lease() / 2 && wait <= ours.lease() * 3 / 2));
        waits.insert(wait);
    }
    BOOST_TEST(waits.size() > 10u);
}

BOOST_AUTO_TEST_CASE(digs_again_after_the_hold_at_a_time_that_is_drawn) {
    auto at = start + 10s;
    std::set<duration> waits;
    for (int i = 0; i < 20; ++i) {
        ours.dug(at);
        auto next = at;
        while (!ours.may_dig(start, next, next)) next += 1ms;
        BOOST_TEST((next >= at + 9s && next <= at + 15s));
        waits.insert(next - at);
    }
    BOOST_TEST(waits.size() > 10u);
}

BOOST_AUTO_TEST_CASE(one_look_after_the_deadline_proves_nothing) {
    auto deadline = start + 60s;
    ours.looked(deadline - 1s);
    ours.looked(deadline + 10s);
    BOOST_TEST(!ours.is_over(deadline, deadline + 11s, false));
    ours.looked(deadline + 20s);
    BOOST_TEST(ours.is_over(deadline, deadline + 21s, false));
    BOOST_TEST(!ours.is_over(deadline + 30s, deadline + 21s, false));
}

BOOST_AUTO_TEST_CASE(looks_that_follow_at_once_count_as_one) {
    auto deadline = start + 60s;
    ours.looked(deadline);
    for (auto at = deadline; at < deadline + 3s; at += 100ms) ours.looked(at);
    BOOST_TEST(!ours.is_over(deadline, deadline + 3s, false));
    ours.looked(deadline + 9s);
    BOOST_TEST(ours.is_over(deadline, deadline + 9s, false));
}

BOOST_AUTO_TEST_CASE(the_grace_ends_it_without_a_clear_look) {
    auto deadline = start + 60s;
    BOOST_TEST(!ours.is_over(deadline, deadline + 35s, false));
    BOOST_TEST(ours.is_over(deadline, deadline + 36s, false));
}

BOOST_AUTO_TEST_CASE(who_could_not_look_waits_longer_but_not_for_ever) {
    auto deadline = start + 60s;
    BOOST_TEST(!ours.is_over(deadline, deadline + 59s, true));
    BOOST_TEST(ours.is_over(deadline, deadline + 60s, true));
}

BOOST_AUTO_TEST_SUITE_END()
