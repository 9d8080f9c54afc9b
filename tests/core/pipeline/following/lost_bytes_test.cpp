#include "pipeline/following/lost_bytes.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace std::chrono_literals;

static spool::slice range(const std::string& name, std::uint64_t from, std::uint64_t length) {
    spool::slice out;
    out.name = out.location = name;
    out.offset = from;
    out.length_bytes = length;
    return out;
}

BOOST_AUTO_TEST_SUITE(lost_bytes_)

BOOST_AUTO_TEST_CASE(of_a_source_of_several_logs_only_the_lost_ranges_are_given_up) {
    spool::source whole;
    whole.watch = "web";
    whole.target = "Demo.Web";
    whole.claimed_at = wall_time(1s);
    whole.slices = {range("a.log", 0, 5), range("b.log", 10, 7), range("c.log", 3, 9)};
    pipeline::readable_source found;
    found.slices = whole.slices;
    found.lost = {{"b.log", 10, 17, spool::loss_cause::truncated, ""}};
    found.lost_slices = {1};
    auto parts = pipeline::parts_of(whole, found);
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    BOOST_TEST(parts[0].slices.size() == 2u);
    BOOST_TEST(parts[0].slices[0].name == "a.log");
    BOOST_TEST(parts[0].slices[1].name == "c.log");
    BOOST_TEST(parts[1].slices.size() == 1u);
    BOOST_TEST(parts[1].slices[0].name == "b.log");
    for (auto& one : parts) {
        BOOST_TEST(one.watch == "web");
        BOOST_TEST(one.target == "Demo.Web");
        BOOST_TEST((one.claimed_at == wall_time(1s)));
    }
}

BOOST_AUTO_TEST_CASE(each_lost_range_is_a_source_of_its_own) {
    spool::source whole;
    whole.slices = {range("a.log", 0, 5), range("b.log", 10, 7)};
    pipeline::readable_source found;
    found.slices = whole.slices;
    found.lost_slices = {0, 1};
    auto parts = pipeline::parts_of(whole, found);
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    BOOST_TEST(parts[0].slices[0].name == "a.log");
    BOOST_TEST(parts[1].slices[0].name == "b.log");
}

BOOST_AUTO_TEST_CASE(a_lost_range_may_have_arrived_with_a_post_of_the_whole) {
    spool::source whole;
    whole.slices = {range("a.log", 0, 5), range("b.log", 10, 7)};
    whole.posts = 2;
    whole.failure_keys = {"one of them has failed"};
    whole.last_post_at = wall_time(9s);
    pipeline::readable_source found;
    found.slices = whole.slices;
    found.lost_slices = {1};
    auto parts = pipeline::parts_of(whole, found);
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    BOOST_TEST(parts[1].slices[0].name == "b.log");
    BOOST_TEST(parts[1].posts == 1u);
    BOOST_TEST(parts[1].ambiguous_posts == 1u);
    BOOST_TEST((parts[1].last_post_at == wall_time(9s)));
}

BOOST_AUTO_TEST_SUITE_END()
