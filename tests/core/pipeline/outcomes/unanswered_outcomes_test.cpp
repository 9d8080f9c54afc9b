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

    // It is posted again; later that answer is lost too.
    void repeat(spool::source& what) {
        ++what.posts;
        what.last_post_at = clock.wall_now();
    }
    void lose(spool::source& what) {
        ++what.ambiguous_posts;
        made->expect(what);
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

BOOST_AUTO_TEST_CASE(posts_that_are_never_answered_end_when_the_first_is_so_old) {
    options.outcome_timeout = 10min;
    options.repost_after = 1min;
    begin();
    auto& what = unanswered(1);
    made->expect(what);
    for (int i = 0; i < 4; ++i) {
        pass_in_steps(2min);
        repeat(what);
        lose(what);
        BOOST_TEST(state(1) == "posting");
    }
    pass_in_steps(3min);
    BOOST_TEST(state(1) == "unconfirmed");
    auto* record = spool::outcome_of(what.stage);
    BOOST_TEST(record->details == "the service answered no post within outcome_timeout");
}

BOOST_AUTO_TEST_CASE(a_post_that_is_on_its_way_is_waited_for) {
    options.outcome_timeout = 10min;
    options.repost_after = 1min;
    begin();
    auto& what = unanswered(1);
    made->expect(what);
    repeat(what);
    lose(what);
    pass_in_steps(9min);
    repeat(what);
    pass_in_steps(5min);
    BOOST_TEST(state(1) == "posting");
    lose(what);
    pass_in_steps(1min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(an_answer_begins_the_time_again) {
    options.outcome_timeout = 10min;
    options.repost_after = 1min;
    begin();
    auto& what = unanswered(1);
    made->expect(what);
    pass_in_steps(9min);
    repeat(what);
    spool::stage::posted at{{"a", "c", "b", 10, 5}, what.last_post_at};
    sources->advance(what, std::move(at));
    made->expect(what);
    pass_in_steps(5min);
    BOOST_TEST(state(1) == "posted");
}

BOOST_AUTO_TEST_SUITE_END()
