#include "pipeline/shipping/unanswered.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::unanswered_posts;

BOOST_AUTO_TEST_SUITE(unanswered_posts_)

static constexpr wall_time posted_at{std::chrono::hours(400'000)};

BOOST_AUTO_TEST_CASE(a_post_of_an_earlier_run_has_waited_by_the_calendar) {
    unanswered_posts posts;
    BOOST_TEST((posts.waited("a", 1, posted_at, {time_point(1h), posted_at + 5min}) == 5min));
    // One in the future has not.
    BOOST_TEST((posts.waited("b", 1, posted_at, {time_point(1h), posted_at - 5min}) == 0min));
}

BOOST_AUTO_TEST_CASE(a_calendar_that_is_set_makes_no_wait_shorter) {
    unanswered_posts posts;
    time_point begun(1h);
    posts.waited("a", 1, posted_at, {begun, posted_at});
    auto ahead = posted_at + std::chrono::hours(2400);
    BOOST_TEST((posts.waited("a", 1, posted_at, {begun + 1min, ahead}) == 1min));
    BOOST_TEST((posts.waited("a", 1, posted_at, {begun + 2min, posted_at - 24h}) == 2min));
}

BOOST_AUTO_TEST_CASE(each_post_has_its_own_wait) {
    unanswered_posts posts;
    time_point begun(1h);
    posts.waited("a", 1, posted_at, {begun, posted_at});
    auto later = posted_at + 10min;
    BOOST_TEST((posts.waited("a", 2, later, {begun + 10min, later}) == 0min));
    posts.forget("a");
    BOOST_TEST((posts.waited("a", 2, later, {begun + 11min, later + 1min}) == 1min));
}

BOOST_AUTO_TEST_SUITE_END()
