#include "async/clock.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

BOOST_FIXTURE_TEST_SUITE(clock_, test::world)

BOOST_AUTO_TEST_CASE(returns_at_once_for_the_past) {
    real_clock real;
    auto sleeper = start(real.sleep_until(real.now() - 1h));
    io.restart();
    io.run();
    BOOST_TEST(sleeper->value.has_value());
}

BOOST_AUTO_TEST_CASE(returns_no_earlier_than_asked) {
    real_clock real;
    auto wake = real.now() + 2ms;
    auto sleeper = start(real.sleep_until(wake));
    io.restart();
    io.run();
    BOOST_TEST(sleeper->value.has_value());
    BOOST_TEST((real.now() >= wake));
}

BOOST_AUTO_TEST_CASE(throws_when_cancelled) {
    real_clock real;
    auto sleeper = start(real.sleep_until(real.now() + 1h));
    cancel(*sleeper);
    BOOST_TEST(bool(sleeper->error));
}

BOOST_AUTO_TEST_CASE(knows_the_calendar) {
    using namespace std::chrono;
    BOOST_TEST((real_clock().wall_now() > sys_days(year(2024) / 1 / 1)));
}

BOOST_AUTO_TEST_SUITE_END()
