#include "core/pipeline/outcomes/awaiting_all.hpp"

using namespace kustodrop;

namespace {

struct not_answered : test::whole {
    // A source whose last post was not answered: a shipper holds it before it posts it again.
    spool::source& unanswered(int number) {
        auto& what = posted(number);
        ++what.ambiguous_posts;
        spool::stage::posting at{{"a", "c", "b", 10, 5}, what.last_post_at};
        sources->advance(what, std::move(at));
        return what;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unanswered_outcomes, not_answered)

BOOST_AUTO_TEST_CASE(a_post_without_an_answer_that_is_held_for_longer_is_unconfirmed) {
    options.outcome_timeout = 5min;
    options.repost_after = 1h;
    begin();
    auto& what = unanswered(1);
    made->expect(what);
    pass_in_steps(4min);
    BOOST_TEST(state(1) == "posting");
    pass_in_steps(3min);
    BOOST_TEST(state(1) == "unconfirmed");
    storage.put("success", success(1));
    pass_in_steps(2min);
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_CASE(a_post_without_an_answer_that_was_repeated_is_awaited_for_as_long_again) {
    options.outcome_timeout = 5min;
    options.repost_after = 1h;
    begin();
    auto& what = unanswered(1);
    made->expect(what);
    pass_in_steps(4min);
    what.last_post_at = clock.wall_now();
    pass_in_steps(4min);
    BOOST_TEST(state(1) == "posting");
    pass_in_steps(3min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(a_post_without_an_answer_that_is_repeated_sooner_is_left_to_its_shipper) {
    options.outcome_timeout = 5min;
    options.repost_after = 1min;
    begin();
    made->expect(unanswered(1));
    pass_in_steps(10min);
    BOOST_TEST(state(1) == "posting");
}

BOOST_AUTO_TEST_SUITE_END()
