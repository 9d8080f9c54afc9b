#include "pipeline/shipping/small_contents.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::small_contents;

static spool::slice file(const std::string& location, std::uint64_t bytes = 3) {
    spool::slice out{location, location, 0, bytes, {}};
    out.identity.inode = 7;
    out.identity.size_bytes = bytes;
    return out;
}

// What is given out, let go of at once.
static std::string taken(small_contents& held, const spool::slice& what) {
    auto bytes = held.take(what);
    return bytes ? *bytes : "";
}

BOOST_AUTO_TEST_SUITE(small_contents_)

BOOST_AUTO_TEST_CASE(are_given_out_once) {
    small_contents held;
    held.put(file("a"), "abc", {});
    BOOST_TEST(held.bytes() == 3u);
    BOOST_TEST(taken(held, file("a")) == "abc");
    BOOST_TEST(taken(held, file("a")) == "");
    BOOST_TEST(taken(held, file("b")) == "");
    BOOST_TEST(held.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(stay_after_a_look) {
    small_contents held;
    held.put(file("a"), "abc", {});
    auto seen = held.look(file("a"));
    BOOST_REQUIRE(seen);
    BOOST_TEST(*seen == "abc");
    auto changed = file("a");
    changed.identity.changed_ns = 1;
    BOOST_TEST(!held.look(changed));
    BOOST_TEST(!held.look(file("b")));
    BOOST_TEST(taken(held, file("a")) == "abc");
    BOOST_TEST(held.bytes() == 3u);
    seen.reset();
    BOOST_TEST(held.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(are_not_given_out_for_another_state_of_the_file) {
    small_contents held;
    held.put(file("a"), "abc", {});
    auto changed = file("a");
    changed.identity.changed_ns = 1;
    BOOST_TEST(taken(held, changed) == "");
    auto elsewhere = file("a");
    elsewhere.identity.device = 1;
    BOOST_TEST(taken(held, elsewhere) == "");
    BOOST_TEST(taken(held, file("a")) == "abc");
}

BOOST_AUTO_TEST_CASE(of_one_file_the_last_count) {
    small_contents held;
    held.put(file("a"), "abc", {});
    held.put(file("a", 4), "abcd", {});
    BOOST_TEST(held.bytes() == 4u);
    BOOST_TEST(taken(held, file("a", 4)) == "abcd");
}

BOOST_AUTO_TEST_CASE(are_refused_without_room) {
    small_contents held(5);
    BOOST_TEST(held.room({}) == 5u);
    held.put(file("a"), "abc", {});
    held.put(file("b"), "abc", {});
    held.put(file("c"), "", {});
    BOOST_TEST(held.room({}) == 2u);
    BOOST_TEST(taken(held, file("b")) == "");
    BOOST_TEST(taken(held, file("a")) == "abc");
    held.put(file("b"), "abc", {});
    BOOST_TEST(taken(held, file("b")) == "abc");
}

BOOST_AUTO_TEST_CASE(count_until_they_are_let_go_of) {
    auto held = std::make_unique<small_contents>(5);
    held->put(file("a"), "abc", {});
    auto bytes = held->take(file("a"));
    BOOST_TEST(held->room({}) == 2u);
    bytes.reset();
    BOOST_TEST(held->room({}) == 5u);
    held->put(file("a"), "abc", {});
    bytes = held->take(file("a"));
    held.reset();
    BOOST_TEST(*bytes == "abc");
}

BOOST_AUTO_TEST_CASE(that_nobody_asked_for_make_room_in_the_end) {
    small_contents held(5);
    held.put(file("a"), "abc", {});
    time_point later(10min);
    held.put(file("b"), "abc", later);
    BOOST_TEST(taken(held, file("b")) == "");
    later += 1ms;
    held.put(file("b"), "abc", later);
    BOOST_TEST(taken(held, file("b")) == "abc");
    BOOST_TEST(taken(held, file("a")) == "");
    BOOST_TEST(held.bytes() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
