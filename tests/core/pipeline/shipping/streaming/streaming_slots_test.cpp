#include "pipeline/shipping/streaming/streaming_slots.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

using kustodrop::pipeline::streaming_slots;

namespace {

struct slots_world {
    std::vector<std::string> woken;
    streaming_slots slots{[this](const std::string& id) { woken.push_back(id); }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(streaming_slots_, slots_world)

BOOST_AUTO_TEST_CASE(are_so_many_and_given_on_in_order) {
    std::optional first = slots.take("a", 2);
    std::optional second = slots.take("b", 2);
    BOOST_TEST(bool(*first));
    BOOST_TEST(bool(*second));
    BOOST_TEST(!slots.take("c", 2));
    BOOST_TEST(!slots.take("d", 2));
    BOOST_TEST(!slots.take("c", 2));
    BOOST_TEST(woken.empty());
    first.reset();
    BOOST_TEST((woken == std::vector<std::string>{"c"}));
    BOOST_TEST(bool(slots.take("c", 2)));
    BOOST_TEST((woken == std::vector<std::string>{"c", "d"}));
    second.reset();
    BOOST_TEST(slots.busy() == 0u);
}

BOOST_AUTO_TEST_CASE(without_an_owner_wake_all_that_wait) {
    std::optional first = slots.take("a", 1);
    for (auto* id : {"b", "c", "d"}) BOOST_TEST(!slots.take(id, 1));
    slots.look();
    BOOST_TEST(woken.empty());
    first.reset();
    slots.look();
    BOOST_TEST((woken == std::vector<std::string>{"b", "c", "d"}));
}

BOOST_AUTO_TEST_CASE(move_without_being_given_back) {
    streaming_slots::slot outer;
    {
        auto inner = slots.take("a", 1);
        outer = std::move(inner);
    }
    BOOST_TEST(slots.busy() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
