#include "spool/journal/rows/known_slices.hpp"

#include "core/spool/journal/journal_fixture.hpp"

#include <functional>

using namespace kustodrop;
using namespace kustodrop::spool;
using test::a_source;

BOOST_AUTO_TEST_SUITE(known_slices_)

BOOST_AUTO_TEST_CASE(what_was_written_is_known_until_it_is_forgotten) {
    known_slices known;
    BOOST_TEST(!known.are(a_source(1)));
    known.remember(a_source(1));
    BOOST_TEST(known.are(a_source(1)));
    BOOST_TEST(!known.are(a_source(2)));
    known.forget_all();
    BOOST_TEST(!known.are(a_source(1)));
}

BOOST_AUTO_TEST_CASE(what_a_slice_says_and_what_it_is_of_both_count) {
    using change = std::function<void(source&)>;
    change changes[] = {
        [](source& s) { s.slices.front().name += "x"; },
        [](source& s) { s.slices.front().location += "x"; },
        [](source& s) { s.slices.front().offset += 1; },
        [](source& s) { s.slices.front().length_bytes += 1; },
        [](source& s) { s.slices.front().identity.device += 1; },
        [](source& s) { s.slices.front().identity.inode += 1; },
        [](source& s) { s.slices.front().identity.size_bytes += 1; },
        [](source& s) { s.slices.front().identity.modified_ns += 1; },
        [](source& s) { s.slices.front().identity.changed_ns += 1; },
        [](source& s) { s.slices.front().start_check += 1; },
        [](source& s) { s.slices.front().end_check += 1; },
        [](source& s) { s.slices.front().head_bytes += 1; },
        [](source& s) { s.slices.front().log_id = std::string("a log"); },
        [](source& s) { s.slices.push_back(s.slices.front()); },
        [](source& s) { s.slices.clear(); }};
    known_slices known;
    for (auto& one : changes) {
        known.remember(a_source());
        auto changed = a_source();
        one(changed);
        BOOST_TEST(!known.are(changed));
    }
    auto moved_on = a_source();
    moved_on.stage = stage::posted{test::a_blob(), {}};
    moved_on.posts = 7;
    BOOST_TEST(known.are(moved_on));
}

BOOST_AUTO_TEST_CASE(a_later_one_may_take_the_place_of_an_earlier_one) {
    known_slices known;
    for (int number = 1; number <= 20'000; ++number) known.remember(a_source(number));
    BOOST_TEST(known.are(a_source(20'000)));
    int left = 0;
    for (int number = 1; number <= 20'000; ++number) left += known.are(a_source(number));
    BOOST_TEST(left > 4'000);
    BOOST_TEST(left <= 8'192);
}

BOOST_AUTO_TEST_SUITE_END()
