#include "kusto/rest/operation_pauses.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

BOOST_AUTO_TEST_SUITE(operation_pauses)

BOOST_AUTO_TEST_CASE(grow_to_a_minute) {
    BOOST_TEST((operation_pause(0, {}) == duration(5s)));
    BOOST_TEST((operation_pause(1, {}) == duration(7500ms)));
    BOOST_TEST((operation_pause(6, {}) < duration(1min)));
    BOOST_TEST((operation_pause(7, {}) == duration(1min)));
    BOOST_TEST((operation_pause(4'000'000'000u, {}) == duration(1min)));
}

BOOST_AUTO_TEST_CASE(are_never_shorter_than_the_service_wishes) {
    BOOST_TEST((operation_pause(0, 2s) == duration(5s)));
    BOOST_TEST((operation_pause(0, 20s) == duration(20s)));
    BOOST_TEST((operation_pause(9, 5min) == duration(5min)));
    BOOST_TEST((operation_pause(0, 48h) == duration(1h)));
}

BOOST_AUTO_TEST_CASE(begin_as_short_as_the_caller_wants) {
    BOOST_TEST((operation_pause(0, {}, 200ms) == duration(200ms)));
    BOOST_TEST((operation_pause(1, {}, 200ms) == duration(300ms)));
    BOOST_TEST((operation_pause(0, 2s, 200ms) == duration(2s)));
    BOOST_TEST((operation_pause(40, {}, 200ms) == duration(1min)));
}

BOOST_AUTO_TEST_SUITE_END()
