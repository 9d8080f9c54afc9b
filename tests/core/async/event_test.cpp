#include "async/event.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

struct event_world : test::world {
    event happened{io.get_executor()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_, event_world)

BOOST_AUTO_TEST_CASE(wakes_everyone_who_waits) {
    auto one = start(happened.wait());
    auto two = start(happened.wait());
    BOOST_TEST((!one->done() && !two->done()));
    happened.notify_all();
    settle();
    BOOST_TEST((one->value && two->value));
}

BOOST_AUTO_TEST_CASE(remembers_nothing) {
    happened.notify_all();
    auto late = start(happened.wait());
    BOOST_TEST(!late->done());
}

BOOST_AUTO_TEST_CASE(can_happen_again) {
    for (int round = 0; round < 3; ++round) {
        auto waiter = start(happened.wait());
        BOOST_TEST(!waiter->done());
        happened.notify_all();
        settle();
        BOOST_TEST(waiter->value.has_value());
    }
}

BOOST_AUTO_TEST_CASE(lets_a_cancelled_loop_end) {
    auto loop = [](event& happened) -> asio::awaitable<void> {
        for (;;) co_await happened.wait();
    };
    auto waiter = start(loop(happened));
    cancel(*waiter);
    BOOST_TEST(bool(waiter->error));
}

BOOST_AUTO_TEST_SUITE_END()
