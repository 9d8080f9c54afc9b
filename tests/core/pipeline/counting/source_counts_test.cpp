#include "pipeline/counting/source_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace kustodrop;
using pipeline::source_counts;
namespace stage = spool::stage;

namespace {

struct counting {
    static spool::source file(int age) {
        spool::source out;
        out.watch = "web";
        out.slices.resize(2);
        out.claimed_at = at(age);
        return out;
    }
    static wall_time at(int age) { return wall_time(std::chrono::hours(1000 - age)); }

    std::optional<wall_time> oldest() const { return counts.of("web").oldest; }

    metrics measured;
    source_counts counts{measured};
    source_counts::counted first, second;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(source_counts_, counting)

BOOST_AUTO_TEST_CASE(a_step_moves_the_files_and_leaves_the_age) {
    auto older = file(2), younger = file(1);
    counts.count(first, older, false);
    counts.count(second, younger, false);
    BOOST_TEST(counts.of("web").files_in_stage[0] == 4u);
    younger.stage = stage::posted{};
    counts.count(second, younger, false);
    BOOST_TEST(counts.of("web").files_in_stage[0] == 2u);
    BOOST_TEST(counts.of("web").files_in_stage[younger.stage.index()] == 2u);
    BOOST_TEST(counts.of("web").pending_files == 4u);
    BOOST_TEST((oldest() == at(2)));
    // It was counted once, so it is removed once.
    for (int i = 0; i < 3; ++i) counts.count(first, older, false);
    counts.uncount(first);
    BOOST_TEST((oldest() == at(1)));
    counts.uncount(second);
    counts.uncount(second);
    BOOST_TEST(!oldest());
    BOOST_TEST(counts.of("web").pending_files == 0u);
}

BOOST_AUTO_TEST_CASE(a_parked_one_has_no_age) {
    auto one = file(2), other = file(1);
    counts.count(first, one, false);
    counts.count(second, other, false);
    counts.count(first, one, true);
    BOOST_TEST((oldest() == at(1)));
    BOOST_TEST(counts.parked() == 1u);
    BOOST_TEST(counts.of("web").parked_files == 2u);
    counts.count(first, one, true);
    BOOST_TEST(counts.parked() == 1u);
    counts.count(first, one, false);
    BOOST_TEST((oldest() == at(2)));
    BOOST_TEST(counts.of("web").parked_files == 0u);
    BOOST_TEST(counts.of("web").pending_files == 4u);
}

BOOST_AUTO_TEST_CASE(the_age_follows_the_watch_and_the_time) {
    auto one = file(2);
    counts.count(first, one, false);
    one.claimed_at = at(5);
    counts.count(first, one, false);
    BOOST_TEST((oldest() == at(5)));
    one.watch = "other";
    counts.count(first, one, false);
    BOOST_TEST(!oldest());
    BOOST_TEST((counts.of("other").oldest == at(5)));
    BOOST_TEST(counts.of("web").pending_files == 0u);
}

BOOST_AUTO_TEST_CASE(what_would_be_counted_is_not) {
    auto one = file(1);
    auto as = counts.counted_as(one, false);
    BOOST_TEST(as.files == 2u);
    BOOST_TEST(counts.of("web").pending_files == 0u);
    BOOST_TEST(!oldest());
}

BOOST_AUTO_TEST_SUITE_END()
