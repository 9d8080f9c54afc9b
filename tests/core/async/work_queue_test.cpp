#include "async/work_queue.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace kustodrop;

namespace {

struct queue_world : test::world {
    work_queue<int> queue{io.get_executor(), 2};

    // Pushes that need no waiting.
    void fill(std::initializer_list<int> items) {
        for (int item : items) BOOST_REQUIRE(queue.try_push(item));
    }
    int popped() {
        auto pop = start(queue.pop());
        BOOST_REQUIRE(pop->value.has_value());
        return pop->value->value_or(-1);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(work_queue_, queue_world)

BOOST_AUTO_TEST_CASE(gives_what_it_got_in_order) {
    fill({1, 2});
    BOOST_TEST(popped() == 1);
    BOOST_TEST(popped() == 2);
    BOOST_TEST(queue.size() == 0u);
}

BOOST_AUTO_TEST_CASE(holds_no_more_than_its_capacity) {
    fill({1, 2});
    int third = 3;
    BOOST_TEST(queue.room() == 0u);
    BOOST_TEST(!queue.try_push(third));
    BOOST_TEST(third == 3);
}

BOOST_AUTO_TEST_CASE(makes_a_push_wait_for_room) {
    fill({1, 2});
    auto push = start(queue.push(3));
    BOOST_TEST(!push->done());
    BOOST_TEST(popped() == 1);
    settle();
    BOOST_TEST(push->value.value());
    BOOST_TEST(popped() == 2);
    BOOST_TEST(popped() == 3);
}

BOOST_AUTO_TEST_CASE(lets_in_one_waiting_push_for_each_place) {
    fill({1, 2});
    auto third = start(queue.push(3));
    auto fourth = start(queue.push(4));
    popped();
    settle();
    BOOST_TEST((third->done() != fourth->done()));
    BOOST_TEST(queue.size() == 2u);
}

BOOST_AUTO_TEST_CASE(makes_a_pop_wait_for_an_item) {
    auto pop = start(queue.pop());
    BOOST_TEST(!pop->done());
    fill({7});
    settle();
    BOOST_TEST((*pop->value == 7));
}

BOOST_AUTO_TEST_CASE(gives_each_item_to_one_of_those_who_wait) {
    auto one = start(queue.pop());
    auto two = start(queue.pop());
    fill({7});
    settle();
    BOOST_TEST((one->done() != two->done()));
}

BOOST_AUTO_TEST_CASE(gives_what_is_inside_after_it_was_closed) {
    fill({1, 2});
    queue.close();
    BOOST_TEST(queue.closed());
    BOOST_TEST(popped() == 1);
    BOOST_TEST(popped() == 2);
    auto pop = start(queue.pop());
    BOOST_REQUIRE(pop->value.has_value());
    BOOST_TEST(!pop->value->has_value());
}

BOOST_AUTO_TEST_CASE(accepts_nothing_after_it_was_closed) {
    queue.close();
    int item = 1;
    BOOST_TEST(queue.room() == 0u);
    BOOST_TEST(!queue.try_push(item));
    auto push = start(queue.push(1));
    BOOST_TEST(!push->value.value());
}

BOOST_AUTO_TEST_CASE(wakes_everyone_when_it_closes) {
    auto pop = start(queue.pop());
    queue.close();
    settle();
    BOOST_REQUIRE(pop->value.has_value());
    BOOST_TEST(!pop->value->has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_waiting_push_when_it_closes) {
    fill({1, 2});
    auto push = start(queue.push(3));
    queue.close();
    settle();
    BOOST_TEST(!push->value.value());
    BOOST_TEST(queue.size() == 2u);
}

BOOST_AUTO_TEST_CASE(loses_nothing_to_a_cancelled_pop) {
    auto pop = start(queue.pop());
    cancel(*pop);
    BOOST_TEST(bool(pop->error));
    fill({1});
    BOOST_TEST(popped() == 1);
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_a_cancelled_push) {
    fill({1, 2});
    auto push = start(queue.push(3));
    cancel(*push);
    BOOST_TEST(bool(push->error));
    popped();
    settle();
    BOOST_TEST(queue.size() == 1u);
}

BOOST_AUTO_TEST_CASE(carries_what_can_only_be_moved) {
    work_queue<std::unique_ptr<int>> pointers(io.get_executor(), 1);
    auto push = start(pointers.push(std::make_unique<int>(5)));
    auto pop = start(pointers.pop());
    BOOST_REQUIRE(pop->value.has_value());
    BOOST_TEST(***pop->value == 5);
}

BOOST_AUTO_TEST_SUITE_END()
