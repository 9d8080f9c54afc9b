#include "pipeline/retiring/postponed.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using namespace kustodrop::pipeline;

BOOST_AUTO_TEST_SUITE(postponed_)

BOOST_AUTO_TEST_CASE(gives_what_is_due_in_order_and_once) {
    postponed<std::string> later;
    time_point now{};
    BOOST_TEST(!later.next_due().has_value());
    later.add("b", now + 2s);
    later.add("a", now + 1s);
    later.add("c", now + 2s);
    BOOST_TEST((later.next_due() == now + 1s));
    BOOST_TEST(later.take_due(now).empty());
    auto due = later.take_due(now + 2s);
    BOOST_TEST_REQUIRE(due.size() == 3u);
    BOOST_TEST(due[0] == "a");
    BOOST_TEST(due[1] == "b");
    BOOST_TEST(later.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
