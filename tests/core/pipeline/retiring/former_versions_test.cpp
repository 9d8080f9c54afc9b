#include "core/pipeline/retiring/retiring_fixture.hpp"
#include "pipeline/superseding.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

// Sources that wait for a report without a file, for it was written again.
BOOST_FIXTURE_TEST_SUITE(former_versions, test::retiring)

BOOST_AUTO_TEST_CASE(in_place_the_name_stays_that_of_the_next_version) {
    begin();
    watch->in_place = true;
    auto& former = claim("a", "1\n");
    BOOST_TEST(former.slices.front().location == "a");
    auto file = former.slices.front();
    auto version = next_version_of(former, file, "another", clock.wall_now());
    supersede(*sources, routed, former, std::move(version));
    settle(former);
    BOOST_TEST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == "another");
    BOOST_TEST(watch->kept.is_in_flight("a"));
    BOOST_TEST(files.has("a"));
}

BOOST_AUTO_TEST_CASE(in_work_the_file_stays_that_of_the_next_version) {
    for (auto outcome : {spool::outcome::succeeded, spool::outcome::failed}) {
        if (!watch) begin();
        auto& former = claim("a", "1\n");
        auto file = former.slices.front();
        auto version = next_version_of(former, file, "another", clock.wall_now());
        supersede(*sources, routed, former, std::move(version));
        settle(former, outcome);
        BOOST_TEST_REQUIRE(claimed().size() == 1u);
        BOOST_TEST(files.has(file.location));
        retire(*claimed().front());
    }
}

BOOST_AUTO_TEST_SUITE_END()
