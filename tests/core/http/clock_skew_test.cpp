#include "http/clock_skew.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

http::response dated(std::string date) {
    http::response out;
    out.headers.add("Date", std::move(date));
    return out;
}

const auto noon = *parse_iso8601("2026-08-22T12:00:00Z");
constexpr auto noon_there = "Sat, 22 Aug 2026 12:00:00 GMT";

}  // namespace

BOOST_AUTO_TEST_SUITE(clock_skew_)

BOOST_AUTO_TEST_CASE(is_positive_where_our_clock_is_ahead) {
    BOOST_TEST((http::clock_skew(dated(noon_there), noon + 10min) == duration(10min)));
    BOOST_TEST((http::clock_skew(dated(noon_there), noon - 10min) == duration(-10min)));
}

BOOST_AUTO_TEST_CASE(is_none_within_the_second_that_a_date_stands_for) {
    BOOST_TEST((http::clock_skew(dated(noon_there), noon + 999ms) == duration::zero()));
    BOOST_TEST((http::clock_skew(dated(noon_there), noon + 1s) == duration(1s)));
    BOOST_TEST((http::clock_skew(dated(noon_there), noon - 1ms) == duration(-1ms)));
}

BOOST_AUTO_TEST_CASE(needs_no_answer_where_the_date_is_known) {
    BOOST_TEST((http::clock_skew(noon, noon + 10min) == duration(10min)));
    BOOST_TEST((http::clock_skew(noon, noon + 500ms) == duration::zero()));
}

BOOST_AUTO_TEST_CASE(is_unknown_without_a_date_that_can_be_read) {
    BOOST_TEST(!http::clock_skew(http::response(), noon).has_value());
    BOOST_TEST(!http::clock_skew(dated("yesterday"), noon).has_value());
}

BOOST_AUTO_TEST_CASE(is_spoken_of_where_it_does_harm) {
    BOOST_TEST(!http::skew_hint(0s, "dm.test").has_value());
    BOOST_TEST(!http::skew_hint(299s, "dm.test").has_value());
    BOOST_TEST(!http::skew_hint(-299s, "dm.test").has_value());
    auto ahead = http::skew_hint(10min, "dm.test").value();
    BOOST_TEST(ahead.find("10min 0s ahead of dm.test's") != std::string::npos, ahead);
    auto behind = http::skew_hint(-5min, "dm.test").value();
    BOOST_TEST(behind.find("5min 0s behind dm.test's") != std::string::npos, behind);
    BOOST_TEST(behind.find("timedatectl") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
