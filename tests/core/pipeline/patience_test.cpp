#include "pipeline/patience.hpp"

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
    BOOST_TEST(!ours.may_dig(start, start + 5s));
    BOOST_TEST(ours.may_dig(start, start + 6s));
}

BOOST_AUTO_TEST_CASE(a_short_timeout_shortens_the_wait_before_digging) {
    patience hasty({10s, 12s, 20s}, random);
    BOOST_TEST(hasty.may_dig(start, start + 2s));
    BOOST_TEST((hasty.breath() == 2s));
    patience default_one({}, random);
    BOOST_TEST((default_one.before_digging() == duration(1min)));
    BOOST_TEST((default_one.breath() == duration(20s)));
    BOOST_TEST((default_one.lease() == duration(30s)));
    BOOST_TEST((hasty.lease() == duration(5s)));
}

BOOST_AUTO_TEST_CASE(digs_again_after_the_hold_at_a_time_that_is_drawn) {
    auto at = start + 10s;
    std::set<duration> waits;
    for (int i = 0; i < 20; ++i) {
        ours.dug(at);
        auto next = at;
        while (!ours.may_dig(start, next)) next += 1ms;
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
