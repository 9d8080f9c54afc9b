#include "pipeline/intake/opening/opening_turns.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace kustodrop;
using pipeline::opening_turns;

namespace {

constexpr time_point start{};

std::vector<std::size_t> begin_all(opening_turns& turns, time_point now) {
    std::vector<std::size_t> out;
    while (auto which = turns.begin_next(now)) out.push_back(*which);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(opening_turns_)

BOOST_AUTO_TEST_CASE(some_are_opened_at_a_time_in_their_order) {
    opening_turns turns(10, 1s);
    auto first = begin_all(turns, start);
    BOOST_TEST(first.size() == opening_turns::at_a_time);
    BOOST_TEST(first.back() == 7u);
    turns.end(3);
    BOOST_TEST((begin_all(turns, start) == std::vector<std::size_t>{8}));
    turns.end(0);
    BOOST_TEST((begin_all(turns, start) == std::vector<std::size_t>{9}));
}

BOOST_AUTO_TEST_CASE(one_that_hangs_keeps_none_that_has_a_place_waiting) {
    opening_turns turns(2, 1s);
    BOOST_TEST(begin_all(turns, start).size() == 2u);
    turns.end(1);
    BOOST_TEST((turns.next_look(start + 200ms) == start + 1s));
    BOOST_TEST(turns.late(start) == 0u);
    BOOST_TEST(!turns.next_look(start + 1s));
    BOOST_TEST(turns.late(start + 1s) == 1u);
    BOOST_TEST(!turns.has_ended(0));
}

// Without a thread of its own, one behind it would seem to hang as well.
BOOST_AUTO_TEST_CASE(late_ones_are_seen_before_their_time_is_up) {
    opening_turns turns(3, 5s);
    begin_all(turns, start);
    BOOST_TEST((turns.next_look(start) == start + 1s));
    BOOST_TEST((turns.next_look(start + 999ms) == start + 1s));
    BOOST_TEST(turns.late(start + 999ms) == 0u);
    turns.end(1);
    BOOST_TEST(turns.late(start + 1s) == 2u);
    BOOST_TEST((turns.next_look(start + 1s) == start + 5s));
    BOOST_TEST(begin_all(turns, start + 1s).empty());
}

BOOST_AUTO_TEST_CASE(those_that_hang_give_their_places_to_the_next) {
    opening_turns turns(20, 1s);
    begin_all(turns, start);
    BOOST_TEST(begin_all(turns, start + 999ms).empty());
    BOOST_TEST(begin_all(turns, start + 1s).size() == 8u);
    BOOST_TEST(turns.late(start + 1s) == 8u);
    BOOST_TEST((turns.next_look(start + 1s) == start + 1s + 200ms));
    BOOST_TEST((turns.next_look(start + 1s + 200ms) == start + 2s));
    BOOST_TEST(begin_all(turns, start + 2s).size() == 4u);
    BOOST_TEST(turns.late(start + 3s) == 20u);
    BOOST_TEST(!turns.next_look(start + 3s));
}

BOOST_AUTO_TEST_CASE(it_is_over_when_all_have_ended) {
    opening_turns turns(2, 1s);
    begin_all(turns, start);
    turns.end(0);
    turns.end(1);
    BOOST_TEST(!turns.next_look(start));
    BOOST_TEST(!opening_turns(0, 1s).next_look(start));
}

BOOST_AUTO_TEST_SUITE_END()
