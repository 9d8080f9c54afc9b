// What exceeds hold is written into the state directory, and is a source from there.
#include "core/pipeline/following/spilling_fixture.hpp"
#include "pipeline/following/lost_bytes.hpp"
#include "spool/source/place.hpp"

using namespace kustodrop;
using test::spilling_logs;
using test::texts;

namespace {

using departing = std::vector<spool::departing_log>;

}  // namespace

BOOST_AUTO_TEST_SUITE(next_spill_)

BOOST_AUTO_TEST_CASE(the_first_are_written_first_and_no_more_than_fits_a_blob) {
    departing logs{{1, 11, 0, 60}, {2, 12, 50, 100}, {3, 13, 0, 10}};
    auto found = pipeline::next_spill(logs, 100);
    BOOST_TEST((found == std::vector<spool::range_wish>{{1, 60}, {2, 100}}));
}

BOOST_AUTO_TEST_CASE(a_large_one_is_written_in_parts) {
    departing logs{{1, 11, 100, 1000}};
    BOOST_TEST((pipeline::next_spill(logs, 100) == std::vector<spool::range_wish>{{1, 200}}));
}

BOOST_AUTO_TEST_CASE(what_is_read_is_not_written) {
    departing logs{{1, 11, 60, 60}};
    BOOST_TEST(pipeline::next_spill(logs, 100).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(spilling_, spilling_logs)

BOOST_AUTO_TEST_CASE(what_is_held_too_long_becomes_a_source_of_the_state_directory) {
    spill_one();
    BOOST_TEST((ranges() == texts{"app.log 0-8", "app.log 8-9"}));
    std::string whole;
    for (auto* what : claimed()) {
        for (auto& one : what->slices) {
            BOOST_TEST(spool::is_spilled(one.location));
            if (one.offset == 0) whole.insert(0, bytes_of(one));
            if (one.offset > 0) whole += bytes_of(one);
        }
    }
    BOOST_TEST(whole == "1,a\n2,b\n3");
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(follows->figures()->spilled_files == 2u);
    BOOST_TEST(follows->figures()->held_files == 0u);
    BOOST_TEST(has_said("spilled what was not read"));
    BOOST_TEST(ready.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_goes_when_its_source_has_an_outcome) {
    spill_one("1,a\n");
    BOOST_TEST(spilled_files() == 1u);
    retire(*claimed().front());
    wait(10);
    BOOST_TEST(spilled_files() == 0u);
    BOOST_TEST(follows->figures()->spilled_files == 0u);
}

BOOST_AUTO_TEST_CASE(a_restart_continues_and_removes_what_was_half_written) {
    spill_one("1,a\n");
    auto id = claimed().front()->id;
    std::ofstream(spill_folder() + "/.an-id-0.part") << "half";
    std::ofstream(spill_folder() + "/app.log@4-8.another-0.gz") << "no source has it";
    restart();
    wait();
    BOOST_TEST_REQUIRE(sources->find(id) != nullptr);
    BOOST_TEST(bytes_of(sources->find(id)->slices.front()) == "1,a\n");
    BOOST_TEST(spilled_files() == 1u);
    BOOST_TEST(has_said("deleted what a crash has left"));
    wait(20);
    BOOST_TEST(ranges().size() == 1u);
    BOOST_TEST(routed.settled_ids.empty());
}

BOOST_AUTO_TEST_CASE(without_room_it_is_lost_as_without_spill_and_said_once) {
    options.follow.spill.max_bytes = 4096;
    spill_one("1,a\n");
    append("b.log", "2,b\n");
    append("c.log", "3,c\n");
    wait();
    remove("b.log");
    remove("c.log");
    wait(20);
    BOOST_TEST(spilled_files() == 1u);
    auto losses = lost();
    BOOST_TEST_REQUIRE(losses.size() == 2u);
    for (auto& one : losses) {
        auto record = spool::outcome_of(one.stage);
        BOOST_TEST(record->code == "deleted_unread");
        BOOST_TEST(record->details.ends_with(
            "and not held open: hold.max_time is reached, nor spilled: spill.max_bytes is reached"
        ));
    }
    auto said = std::ranges::count_if(lines, [](auto& line) {
        return line.find("cannot be spilled") != std::string::npos;
    });
    BOOST_TEST(said == 1);
    BOOST_TEST_REQUIRE(follows->notices().size() == 1u);
    BOOST_TEST(follows->notices().front().code == "spill_refused");
}

BOOST_AUTO_TEST_CASE(with_0_nothing_is_spilled) {
    options.follow.spill.max_bytes = 0;
    spill_one("1,a\n");
    BOOST_TEST(spilled_files() == 0u);
    BOOST_TEST_REQUIRE(lost().size() == 1u);
    BOOST_TEST(
        spool::outcome_of(lost().front().stage)->details.ends_with("hold.max_time is reached")
    );
}

BOOST_AUTO_TEST_CASE(what_is_spilled_does_not_keep_logs_from_being_cut) {
    options.follow.cut.max_age = 1s;
    options.follow.hold.max_bytes = 1;
    begin();
    for (int i = 0; i < 20; ++i) {
        append("app.log", "1,a\n");
        wait(2);
    }
    BOOST_TEST(claimed().size() == 16u);
    for (int i = 0; i < 20; ++i) {
        append("b.log", "1,b\n");
        wait(1);
        remove("b.log");
        wait(2);
    }
    BOOST_TEST(spilled_files() >= 10u);
    for (auto* what : claimed()) {
        if (!spool::is_spilled(what->slices.front().location)) post(*what);
    }
    append("app.log", "2,a\n");
    wait();
    BOOST_TEST(ranges().back().starts_with("b.log"));
    auto cut = std::ranges::count_if(claimed(), [](auto* what) {
        return what->slices.front().name == "app.log";
    });
    BOOST_TEST(cut == 17);
}

BOOST_AUTO_TEST_CASE(a_spilled_file_that_is_broken_is_lost_and_counted) {
    spill_one("1,a\n");
    auto& what = *claimed().front();
    auto path = state.path("follow/web" + what.slices.front().location);
    std::filesystem::resize_file(path, 12);
    follows->look_again(what);
    wait(10);
    auto record = spool::outcome_of(what.stage);
    BOOST_TEST_REQUIRE(record != nullptr);
    BOOST_TEST(record->code == "broken_unread");
}

BOOST_AUTO_TEST_SUITE_END()
