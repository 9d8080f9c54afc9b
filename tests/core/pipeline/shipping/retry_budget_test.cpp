#include "pipeline/shipping/retry_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::retry_budget;

namespace {

struct spending {
    retry_budget budget;
    time_point now = time_point(1h);

    duration spend(int times) {
        duration last{};
        for (int i = 0; i < times; ++i) last = budget.spend(now);
        return last;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retry_budget_, spending)

BOOST_AUTO_TEST_CASE(a_hundred_retries_are_in_reserve) {
    BOOST_TEST((spend(100) == 0s));
    BOOST_TEST((spend(1) == 100ms));
    BOOST_TEST((spend(10) == 1100ms));
}

BOOST_AUTO_TEST_CASE(nobody_waits_longer_than_a_minute_for_it) {
    BOOST_TEST((spend(5000) == duration(1min)));
}

BOOST_AUTO_TEST_CASE(ten_come_back_every_second) {
    spend(150);
    now += 6s;
    BOOST_TEST((spend(9) == 0s));
    BOOST_TEST((spend(2) > 0s));
}

BOOST_AUTO_TEST_CASE(ten_successes_earn_one_retry) {
    spend(101);
    for (int i = 0; i < 30; ++i) budget.succeeded();
    BOOST_TEST((spend(1) == 0s));
    BOOST_TEST((spend(2) > 0s));
}

BOOST_AUTO_TEST_SUITE_END()
