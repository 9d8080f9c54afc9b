#include "pipeline/intake/rechecks.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

BOOST_AUTO_TEST_SUITE(rechecks_)

BOOST_AUTO_TEST_CASE(a_source_is_due_once_at_the_last_time_that_was_given) {
    rechecks subject;
    time_point now{};
    BOOST_TEST(!subject.next_due().has_value());
    subject.add("a", now + 1s);
    subject.add("b", now + 2s);
    subject.add("a", now + 3s);
    BOOST_TEST((subject.next_due() == now + 2s));
    BOOST_TEST(subject.take_due(now + 1s).empty());
    BOOST_TEST(subject.take_due(now + 3s).size() == 2u);
    BOOST_TEST(!subject.next_due().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

static spool::source shipped_from(std::uint64_t offset, spool::file_identity identity) {
    spool::source out;
    out.slices.push_back({"a", "a", offset, identity.size_bytes - offset, identity});
    return out;
}

BOOST_AUTO_TEST_SUITE(refresh_)

BOOST_AUTO_TEST_CASE(a_file_that_grew_is_shipped_to_its_new_end) {
    auto what = shipped_from(4, {1, 2, 10, 0, 0});
    refresh(what, {1, 2, 30, 0, 0});
    BOOST_TEST(what.slices[0].offset == 4u);
    BOOST_TEST(what.slices[0].length_bytes == 26u);
    BOOST_TEST(what.slices[0].identity.size_bytes == 30u);
}

BOOST_AUTO_TEST_CASE(one_that_was_cut_or_replaced_is_shipped_whole) {
    auto cut = shipped_from(4, {1, 2, 10, 0, 0});
    refresh(cut, {1, 2, 3, 0, 0});
    BOOST_TEST(cut.slices[0].offset == 0u);
    BOOST_TEST(cut.slices[0].length_bytes == 3u);
    auto replaced = shipped_from(4, {1, 2, 10, 0, 0});
    refresh(replaced, {1, 3, 30, 0, 0});
    BOOST_TEST(replaced.slices[0].offset == 0u);
    BOOST_TEST(replaced.slices[0].length_bytes == 30u);
}

BOOST_AUTO_TEST_SUITE_END()
