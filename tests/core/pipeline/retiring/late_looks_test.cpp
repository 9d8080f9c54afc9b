#include "pipeline/retiring/late_looks.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using enum spool::writer_state;

namespace {

constexpr std::size_t full = most_open_files / 2;

// How long a file is looked at, and how often, if it does not grow.
struct watched {
    duration whole{};
    unsigned looks = 0;
};

watched all_looks(std::size_t waiting, duration stable_for) {
    watched out;
    while (auto wait = next_late_look(unknown, out.looks, stable_for, waiting)) {
        out.whole += *wait;
        ++out.looks;
        BOOST_TEST_REQUIRE(out.looks < 1000u);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(late_looks)

BOOST_AUTO_TEST_CASE(without_a_writer_there_are_none) {
    BOOST_TEST(!next_late_look(none, 0, 1s, 0));
}

BOOST_AUTO_TEST_CASE(with_a_writer_there_is_one_each_minute_at_least) {
    BOOST_TEST((next_late_look(some, 0, 1s, 0) == 1s));
    BOOST_TEST((next_late_look(some, 3, 1s, 0) == 8s));
    BOOST_TEST((next_late_look(some, 1000, 1s, most_open_files) == 1min));
}

BOOST_AUTO_TEST_CASE(where_that_cannot_be_known_they_go_on_for_a_day) {
    BOOST_TEST((next_late_look(unknown, 0, 1s, 0) == 1s));
    BOOST_TEST((next_late_look(unknown, 6, 1s, 0) == 64s));
    BOOST_TEST((next_late_look(unknown, 20, 1s, 0) == 1h));
    for (duration stable_for : {duration(100ms), duration(2s), duration(5min)}) {
        auto all = all_looks(0, stable_for);
        BOOST_TEST((all.whole > 18h));
        BOOST_TEST((all.whole < 40h));
    }
    BOOST_TEST((next_late_look(unknown, 30, 24h, 0) == 1h));
}

BOOST_AUTO_TEST_CASE(many_files_leave_room_for_the_first_looks_of_others) {
    auto all = all_looks(full, 1s);
    BOOST_TEST(all.looks == 4u);  // The first one is made when the file has been moved.
    BOOST_TEST((all.whole == 15s));
}

BOOST_AUTO_TEST_SUITE_END()
