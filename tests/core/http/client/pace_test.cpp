#include "http/client/pace.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using http::further_patience;
using http::io_limits;

BOOST_AUTO_TEST_SUITE(pace_)

BOOST_AUTO_TEST_CASE(what_makes_no_progress_is_not_waited_for_any_longer) {
    io_limits limits{60s};
    BOOST_TEST((further_patience(limits, 60s, false) == duration::zero()));
}

BOOST_AUTO_TEST_CASE(what_moves_is_waited_for_whatever_time_it_takes) {
    io_limits limits{60s};
    BOOST_TEST((further_patience(limits, 60s, true) == 60s));
    BOOST_TEST((further_patience(limits, 24h, true) == 60s));
}

BOOST_AUTO_TEST_CASE(what_moves_ends_with_the_requests_own_time) {
    io_limits limits{60s, 100s};
    BOOST_TEST((further_patience(limits, 60s, true) == 40s));
    BOOST_TEST((further_patience(limits, 100s, true) == duration::zero()));
    BOOST_TEST((further_patience(limits, 101s, true) == duration::zero()));
}

BOOST_AUTO_TEST_CASE(a_read_or_write_has_what_is_left_to_its_request) {
    test::manual_clock clock;
    http::pace free(clock, std::nullopt);
    BOOST_TEST((free.limits(60s).rest == 60s));
    BOOST_TEST((free.limits(60s).whole == duration::max()));
    http::pace bound(clock, 90s);
    BOOST_TEST((bound.limits(60s).rest == 60s));
    BOOST_TEST((bound.limits(60s).whole == 90s));
    BOOST_TEST((bound.within(10s).limits(60s).rest == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
