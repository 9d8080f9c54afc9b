#include "pipeline/ready_queue.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::ready_queue;

struct line : test::world {
    ready_queue queue{io.get_executor(), clock, 2};
};

BOOST_FIXTURE_TEST_SUITE(ready_queue_, line)

BOOST_AUTO_TEST_CASE(serves_the_earliest_due_first) {
    queue.push("later", clock.now() + 10s);
    queue.push("now", clock.now());
    auto first = start(queue.pop());
    BOOST_TEST(first->value.value().value() == "now");
    auto second = start(queue.pop());
    BOOST_TEST(!second->done());
    pass(10s);
    BOOST_TEST(second->value.value().value() == "later");
}

BOOST_AUTO_TEST_CASE(an_earlier_arrival_overtakes_a_waiting_shipper) {
    queue.push("later", clock.now() + 10s);
    auto waiting = start(queue.pop());
    queue.push("now", clock.now());
    settle();
    BOOST_TEST(waiting->value.value().value() == "now");
}

BOOST_AUTO_TEST_CASE(tells_when_there_is_room) {
    queue.push("a", clock.now());
    queue.push("b", clock.now());
    BOOST_TEST(queue.room() == 0u);
    auto waiting = start(queue.wait_for_room());
    BOOST_TEST(!waiting->done());
    start(queue.pop());
    settle();
    BOOST_TEST(waiting->done());
}

BOOST_AUTO_TEST_CASE(takes_claimed_sources_back_even_when_full) {
    for (auto id : {"a", "b", "c"}) queue.push(id, clock.now());
    BOOST_TEST(queue.size() == 3u);
    BOOST_TEST(queue.room() == 0u);
}

BOOST_AUTO_TEST_CASE(closing_ends_every_wait) {
    auto waiting = start(queue.pop());
    queue.close();
    settle();
    BOOST_TEST(!waiting->value.value().has_value());
}

BOOST_AUTO_TEST_CASE(survives_a_cancelled_waiter) {
    queue.push("later", clock.now() + 10s);
    auto waiting = start(queue.pop());
    cancel(*waiting);
    BOOST_TEST(waiting->done());
    pass(10s);
    auto next = start(queue.pop());
    BOOST_TEST(next->value.value().value() == "later");
}

BOOST_AUTO_TEST_SUITE_END()
