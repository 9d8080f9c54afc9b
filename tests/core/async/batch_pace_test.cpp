#include "async/batch_pace.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>

using namespace kustodrop;
using namespace std::chrono_literals;

namespace {

struct batch_pace_world : test::world {
    batch_pace pace{io.get_executor(), clock, {50ms, 4ms, 32}};

    void arrive(int count) {
        for (int i = 0; i < count; ++i) pace.arrive();
    }

    // A batch for which so many waited has ended.
    void serve(int count) {
        arrive(count);
        auto next = start(pace.next());
        pass(4ms);
        BOOST_TEST_REQUIRE(next->done());
        pace.served();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(batch_pace_, batch_pace_world)

BOOST_AUTO_TEST_CASE(one_alone_waits_for_no_one) {
    serve(1);
    arrive(1);
    BOOST_TEST(start(pace.next())->done());
}

BOOST_AUTO_TEST_CASE(after_a_pause_nothing_waits) {
    serve(1);
    pass(60ms);
    BOOST_TEST(start(pace.next())->done());
}

BOOST_AUTO_TEST_CASE(what_no_one_waits_for_begins_within_its_time_after_the_last_batch) {
    serve(1);
    pass(10ms);
    auto next = start(pace.next());
    pass(39ms);
    BOOST_TEST(!next->done());
    pass(1ms);
    BOOST_TEST(next->done());
}

BOOST_AUTO_TEST_CASE(one_who_comes_to_wait_ends_the_wait_of_what_no_one_waits_for) {
    serve(1);
    auto next = start(pace.next());
    pass(10ms);
    BOOST_TEST(!next->done());
    arrive(1);
    settle();
    BOOST_TEST(next->done());
}

BOOST_AUTO_TEST_CASE(where_several_waited_the_next_batch_gathers_half_as_many_again) {
    serve(4);
    arrive(5);
    auto next = start(pace.next());
    BOOST_TEST(!next->done());
    arrive(1);
    settle();
    BOOST_TEST(next->done());
}

BOOST_AUTO_TEST_CASE(it_does_not_gather_longer_than_that) {
    serve(4);
    arrive(1);
    auto next = start(pace.next());
    pass(3ms);
    BOOST_TEST(!next->done());
    pass(1ms);
    BOOST_TEST(next->done());
}

BOOST_AUTO_TEST_CASE(it_gathers_no_more_than_the_most) {
    serve(40);
    arrive(31);
    auto next = start(pace.next());
    BOOST_TEST(!next->done());
    arrive(1);
    settle();
    BOOST_TEST(next->done());
}

BOOST_AUTO_TEST_CASE(without_times_every_batch_begins_at_once) {
    batch_pace none(io.get_executor(), clock, {});
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < i; ++j) none.arrive();
        BOOST_TEST(start(none.next())->done());
        none.served();
    }
}

BOOST_AUTO_TEST_SUITE_END()
