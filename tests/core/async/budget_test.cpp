#include "async/budget.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

struct shared_bytes : test::world {
    budget memory{io.get_executor(), 100};
};

BOOST_FIXTURE_TEST_SUITE(budget_, shared_bytes)

BOOST_AUTO_TEST_CASE(gives_what_is_free_and_takes_it_back) {
    {
        auto taken = start(memory.take(60));
        BOOST_TEST(taken->value.has_value());
        BOOST_TEST(memory.in_use() == 60u);
    }
    BOOST_TEST(memory.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(a_large_wish_is_not_starved_by_small_ones) {
    auto first = start(memory.take(60));
    auto large = start(memory.take(80));
    auto small = start(memory.take(10));
    BOOST_TEST(!large->done());
    BOOST_TEST(!small->done());
    first->value.reset();
    settle();
    BOOST_TEST(large->done());
    BOOST_TEST(small->done());
}

BOOST_AUTO_TEST_CASE(a_cancelled_waiter_leaves_the_line) {
    auto first = start(memory.take(60));
    auto large = start(memory.take(80));
    auto small = start(memory.take(10));
    cancel(*large);
    BOOST_TEST(small->done());
    BOOST_TEST(memory.in_use() == 70u);
}

BOOST_AUTO_TEST_CASE(a_wish_above_the_total_gets_the_total) {
    auto all = start(memory.take(1000));
    BOOST_TEST(all->value.has_value());
    BOOST_TEST(memory.in_use() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
