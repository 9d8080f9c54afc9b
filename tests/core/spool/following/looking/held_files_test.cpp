// Which deleted logs are let go of, and what becomes of what was not read of them.
#include "core/spool/following/looking/folder_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

namespace {

struct holding {
    std::vector<held_file> held;
    hold_limits limits;
    time_point now{};

    holding() { now += 10h; }
    void file(std::uint64_t inode, std::uint64_t bytes, duration age, bool unread = true) {
        held.push_back({inode, bytes, unread, now - age});
    }
    std::string released(std::uint64_t scarce = 0) const {
        std::string out;
        for (auto& one : beyond_limits(held, limits, scarce, now)) {
            out += std::to_string(one.inode) + " " + one.because + "\n";
        }
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(held_files_, holding)

BOOST_AUTO_TEST_CASE(within_the_limits_nothing_is_released) {
    file(1, 100, 59min);
    file(2, 200, 1min);
    limits.max_bytes = 300;
    limits.max_files = 2;
    BOOST_TEST(released() == "");
    held.clear();
    BOOST_TEST(released(1000) == "");
}

BOOST_AUTO_TEST_CASE(each_limit_lets_go_of_the_oldest_first) {
    file(1, 100, 1min);
    file(2, 100, 3min);
    file(3, 100, 2min);
    BOOST_TEST(released(150) == "2 retention.min_free\n3 retention.min_free\n");
    limits.max_bytes = 299;
    BOOST_TEST(released() == "2 hold.max_bytes\n");
    limits = {};
    limits.max_files = 1;
    BOOST_TEST(released() == "2 hold.max_files\n3 hold.max_files\n");
    limits = {};
    limits.max_time = 2min;
    BOOST_TEST(released() == "2 hold.max_time\n3 hold.max_time\n");
}

BOOST_AUTO_TEST_CASE(what_is_read_goes_first) {
    file(1, 100, 3min);
    file(2, 100, 1min, false);
    limits.max_bytes = 100;
    BOOST_TEST(released() == "2 hold.max_bytes\n");
}

BOOST_AUTO_TEST_CASE(what_is_read_or_where_a_disk_is_full_is_not_spilled) {
    BOOST_TEST(may_be_spilled({1, "hold.max_time", true}));
    BOOST_TEST(may_be_spilled({1, "hold.max_bytes", true}));
    BOOST_TEST(may_be_spilled({1, "hold.max_files", true}));
    BOOST_TEST(!may_be_spilled({1, "hold.max_time", false}));
    BOOST_TEST(!may_be_spilled({1, "retention.min_free", true}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(held_logs_, following_a_folder)

BOOST_AUTO_TEST_CASE(what_exceeds_a_limit_is_lost_with_its_number_of_bytes) {
    hold_limits limits;
    limits.max_bytes = 4096;
    limit(limits);
    append("app.log", lines('a', 100));
    append("b.log", std::string(8192, 'x'));
    look();
    std::filesystem::remove(place.path("app.log"));
    BOOST_TEST(look().lost.empty());
    std::filesystem::remove(place.path("b.log"));
    look();  // b.log is found to be deleted: it is too much, with app.log, which is older.
    auto seen = look();
    auto lost = seen.lost;
    auto next = look().lost;
    lost.insert(lost.end(), next.begin(), next.end());
    BOOST_TEST_REQUIRE(lost.size() == 2u);
    for (auto& one : lost) {
        BOOST_TEST(one.from == 0u);
        auto size = one.name == "app.log" ? lines('a', 100).size() : 8192u;
        BOOST_TEST(one.to == size);
        BOOST_TEST(one.limit == "hold.max_bytes");
        BOOST_TEST((one.cause == loss_cause::deleted));
    }
    BOOST_TEST(look().lost.empty());
}

BOOST_AUTO_TEST_CASE(what_is_held_too_long_is_lost_and_what_a_source_needs_is_not) {
    hold_limits limits;
    limits.max_time = 10s;
    limit(limits);
    append("app.log", lines('a', 100));
    append("b.log", lines('b', 100));
    auto seen = look();
    auto needed = subject->find({{seen.logs.back().number, seen.logs.back().size}}).ranges.front();
    BOOST_TEST(needed.range.bytes.name == "b.log");
    journal[needed.log] = subject->cut(needed);
    pinned = {needed.range.bytes.identity.inode};
    std::filesystem::remove(place.path("app.log"));
    std::filesystem::remove(place.path("b.log"));
    std::vector<lost_range> lost;
    for (int turn = 0; turn < 10; ++turn) {
        auto found = look();
        lost.insert(lost.end(), found.lost.begin(), found.lost.end());
        BOOST_TEST(found.files->find(needed.range.bytes) != nullptr);
    }
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST(lost[0].name == "app.log");
    BOOST_TEST(lost[0].limit == "hold.max_time");
    pinned.clear();
    look();
    BOOST_TEST(look().lost.empty());  // It was read to its end.
}

BOOST_AUTO_TEST_CASE(what_departs_is_held_until_it_may_go) {
    hold_limits limits;
    limits.max_time = 10s;
    spills = true;
    limit(limits);
    append("app.log", lines('a', 100));
    auto number = look().logs.front().number;
    std::filesystem::remove(place.path("app.log"));
    for (int turn = 0; turn < 5; ++turn) BOOST_TEST(look().departing.empty());
    for (int turn = 0; turn < 5; ++turn) {
        auto seen = look();
        BOOST_TEST_REQUIRE(seen.departing.size() == 1u);
        BOOST_TEST(seen.departing[0].number == number);
        BOOST_TEST(seen.departing[0].position == 0u);
        BOOST_TEST(seen.departing[0].size == lines('a', 100).size());
        BOOST_TEST(seen.held_files == 1u);
        BOOST_TEST(seen.lost.empty());
    }
    subject->release(number, "there is no room");
    BOOST_TEST(look().departing.empty());
    auto lost = look().lost;
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST(lost[0].limit == "hold.max_time");
    BOOST_TEST(lost[0].not_spilled == "there is no room");
}

BOOST_AUTO_TEST_CASE(what_departed_and_is_read_is_not_lost) {
    hold_limits limits;
    limits.max_time = 2s;
    spills = true;
    limit(limits);
    append("app.log", lines('a', 100));
    look();
    std::filesystem::remove(place.path("app.log"));
    look();
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.departing.size() == 1u);
    auto number = seen.departing[0].number;
    BOOST_TEST(cut(seen) == lines('a', 100));
    BOOST_TEST(subject->position_of(number) == lines('a', 100).size());
    subject->release(number, "");
    for (int turn = 0; turn < 3; ++turn) BOOST_TEST(look().lost.empty());
    BOOST_TEST(look().held_files == 0u);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_moved_away_takes_no_room) {
    hold_limits limits;
    limits.max_bytes = 1;
    limits.max_time = 1s;
    limit(limits);
    append("app.log", lines('a', 100));
    look();
    std::filesystem::rename(place.path("app.log"), scratch.path("elsewhere"));
    for (int turn = 0; turn < 3; ++turn) BOOST_TEST(look().lost.empty());
    BOOST_TEST(cut() == lines('a', 100));
}

BOOST_AUTO_TEST_SUITE_END()
