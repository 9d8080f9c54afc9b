#include "spool/watching/settler.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct settling {
    settler files{{2s, 3}};
    time_point start{1h};

    static sighting seen(std::string name, std::uint64_t size = 1) {
        sighting s;
        s.name = std::move(name);
        s.kind = file_kind::regular;
        s.identity.inode = 7;
        s.identity.size_bytes = size;
        return s;
    }

    std::vector<std::string> complete() {
        std::vector<std::string> names;
        for (auto& file : files.complete()) names.push_back(file.name);
        return names;
    }

    using names = std::vector<std::string>;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(settler_, settling)

BOOST_AUTO_TEST_CASE(one_look_never_completes_a_file) {
    files.saw(seen("a"), start, true);
    BOOST_TEST(complete().empty());
    BOOST_TEST(files.tracks("a"));
}

BOOST_AUTO_TEST_CASE(two_equal_looks_far_enough_apart_do) {
    files.saw(seen("a"), start, false);
    files.saw(seen("a"), start + 2s, false);
    BOOST_TEST(complete() == names{"a"}, boost::test_tools::per_element());
    BOOST_TEST(files.size() == 0u);
    BOOST_TEST(complete().empty());
}

// What the kernel remembers of a file on a file server.
BOOST_AUTO_TEST_CASE(what_may_be_out_of_date_completes_nothing) {
    files.noticed(seen("a"), start);
    files.noticed(seen("a"), start + 3s);
    BOOST_TEST(complete().empty());
    BOOST_TEST(files.due(start + 3s, 10).size() == 1u);
    files.saw(seen("a", 2), start + 3s, false);
    BOOST_TEST(complete().empty());
    files.saw(seen("a", 2), start + 5s, false);
    BOOST_TEST(complete() == names{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_looks_too_close_do_not) {
    files.saw(seen("a"), start, false);
    files.saw(seen("a"), start + 1999ms, false);
    BOOST_TEST(complete().empty());
    files.saw(seen("a"), start + 2s, false);
    BOOST_TEST(complete().size() == 1u);
}

BOOST_AUTO_TEST_CASE(any_change_restarts_the_wait) {
    auto change = [&](auto alter) {
        settler one({2s, 3});
        one.saw(seen("a"), start, false);
        auto other = seen("a");
        alter(other);
        one.saw(other, start + 2s, false);
        BOOST_TEST(one.complete().empty());
        one.saw(other, start + 3s, false);
        BOOST_TEST(one.complete().empty());
        one.saw(other, start + 4s, false);
        BOOST_TEST(one.complete().size() == 1u);
    };
    change([](auto& s) { ++s.identity.size_bytes; });
    change([](auto& s) { ++s.identity.modified_ns; });
    change([](auto& s) { ++s.identity.changed_ns; });
    change([](auto& s) { ++s.identity.inode; });
    change([](auto& s) { ++s.identity.device; });
    change([](auto& s) { s.kind = file_kind::fifo; });
}

BOOST_AUTO_TEST_CASE(a_file_from_the_past_or_the_future_waits_as_long_as_any_other) {
    for (auto modified : {INT64_MIN, std::int64_t(0), INT64_MAX}) {
        auto s = seen("a");
        s.identity.modified_ns = modified;
        files.saw(s, start, false);
        BOOST_TEST(complete().empty());
        files.saw(s, start + 2s, false);
        BOOST_TEST(complete().size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_close_restarts_the_wait) {
    files.saw(seen("a"), start, false);
    files.saw(seen("a"), start + 1500ms, true);
    files.saw(seen("a"), start + 2s, false);
    BOOST_TEST(complete().empty());
    files.saw(seen("a"), start + 3500ms, false);
    BOOST_TEST(complete().size() == 1u);
}

BOOST_AUTO_TEST_CASE(says_which_names_to_look_at_again_and_when) {
    BOOST_TEST(!files.next_due().has_value());
    files.saw(seen("b"), start, false);
    files.saw(seen("a"), start + 1s, false);
    BOOST_TEST((files.next_due() == start + 2s));
    BOOST_TEST(files.due(start + 1999ms, 10).empty());
    BOOST_TEST(files.due(start + 2s, 10) == names{"b"}, boost::test_tools::per_element());
    names both{"b", "a"};
    BOOST_TEST(files.due(start + 9s, 10) == both, boost::test_tools::per_element());
    BOOST_TEST(files.due(start + 9s, 1) == names{"b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_went_is_forgotten) {
    files.saw(seen("a"), start, false);
    files.removed("a");
    files.removed("never seen");
    BOOST_TEST(files.size() == 0u);
    BOOST_TEST(!files.next_due().has_value());
    files.saw(seen("a"), start + 2s, false);
    BOOST_TEST(complete().empty());
}

BOOST_AUTO_TEST_CASE(tracks_a_bounded_number_and_keeps_the_first) {
    for (auto name : {"a", "b", "c"}) BOOST_TEST(files.saw(seen(name), start, false));
    BOOST_TEST(!files.saw(seen("d"), start, false));
    BOOST_TEST(files.saw(seen("a"), start + 1s, false));
    BOOST_TEST(files.size() == 3u);
    BOOST_TEST(!files.tracks("d"));
    files.saw(seen("a"), start + 2s, false);
    BOOST_TEST(files.saw(seen("d"), start + 2s, false));
}

BOOST_AUTO_TEST_CASE(clear_forgets_everything) {
    files.saw(seen("a"), start, false);
    files.saw(seen("a"), start + 2s, false);
    files.saw(seen("b"), start, false);
    files.clear();
    BOOST_TEST(complete().empty());
    BOOST_TEST(files.size() == 0u);
    BOOST_TEST(!files.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(a_notice_of_what_is_known_does_not_count_as_a_look) {
    files.noticed(seen("a"), start);
    BOOST_TEST(files.noticed(seen("a"), start + 3s));
    BOOST_TEST(complete().empty());
    // Another size or kind is news, from which the file has to stay the same again.
    files.noticed(seen("a", 2), start + 3s);
    files.saw(seen("a", 2), start + 4s, false);
    BOOST_TEST(complete().empty());
    auto other = seen("a", 2);
    other.kind = file_kind::folder;
    files.noticed(other, start + 4s);
    files.saw(other, start + 5s, false);
    BOOST_TEST(complete().empty());
    files.saw(other, start + 6s, false);
    BOOST_TEST(complete() == names{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_notice_beyond_the_limit_is_not_tracked) {
    for (auto name : {"a", "b", "c"}) BOOST_TEST(files.noticed(seen(name), start));
    BOOST_TEST(!files.noticed(seen("d"), start));
}

BOOST_AUTO_TEST_SUITE_END()
