#include "spool/folder/retention.hpp"

#include "async/clock.hpp"
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/quarantine.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

using namespace kustodrop;
using namespace kustodrop::spool;

using test::first_id;
using test::second_id;

BOOST_FIXTURE_TEST_SUITE(retention_, test::dropping)

static wall_time now() { return real_clock().wall_now(); }

static archive_limits limits(duration age, std::uint64_t bytes) {
    archive_limits out;
    out.age = age;
    out.bytes = bytes;
    return out;
}

// What a file takes of the disk.
static std::uint64_t room_of(const std::string& path) {
    struct ::stat facts = {};
    BOOST_REQUIRE(::stat(path.c_str(), &facts) == 0);
    return static_cast<std::uint64_t>(facts.st_blocks) * 512;
}

// The archive's day folders are named by hand; ctimes are the machine's own.
static std::string day_before(int days) {
    return ".kustodrop/archive/" + day_name(now() - std::chrono::hours(24 * days)) + "/";
}

BOOST_AUTO_TEST_CASE(keeps_what_is_young_and_small_enough) {
    auto held = dropped_and_claimed("a", "12345");
    auto where = archive(drop, held, first_id, now()).value();
    auto room = room_of(files.path(where));
    auto report = expire_archive(drop, now(), limits(24h, room)).value();
    BOOST_TEST(report.files_deleted == 0u);
    BOOST_TEST(report.bytes_left == room);
    BOOST_TEST(report.files_left == 1u);
    BOOST_TEST(files.has(where));
}

BOOST_AUTO_TEST_CASE(age_counts_from_retirement_not_from_the_files_own_times) {
    auto held = dropped_and_claimed("a", "1");
    set_modified(held.location, 1);
    held.identity = files.identity(held.location);
    auto where = archive(drop, held, first_id, now()).value();
    BOOST_TEST(expire_archive(drop, now(), limits(24h, UINT64_MAX))->files_deleted == 0u);
    BOOST_TEST(files.has(where));
}

BOOST_AUTO_TEST_CASE(what_is_too_old_goes_with_its_folders) {
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a", "12345");
    auto where = archive(drop, held, first_id, now()).value();
    auto room = room_of(files.path(where));
    auto report = expire_archive(drop, now() + 48h, limits(24h, UINT64_MAX)).value();
    BOOST_TEST(report.files_deleted == 1u);
    BOOST_TEST(report.bytes_deleted == room);
    BOOST_TEST(report.bytes_left == 0u);
    BOOST_TEST(std::filesystem::is_empty(files.path(".kustodrop/archive")));
}

BOOST_AUTO_TEST_CASE(the_oldest_days_make_room_first) {
    for (int day : {1, 2, 3}) {
        files.make_folder(day_before(day));
        files.write(day_before(day) + "a", "12345");
    }
    auto room = room_of(files.path(day_before(3) + "a"));
    auto report = expire_archive(drop, now(), limits(24h * 30, 2 * room + 1)).value();
    BOOST_TEST(report.files_deleted == 1u);
    BOOST_TEST(report.bytes_left == 2 * room);
    BOOST_TEST(!files.has(day_before(3)));
    BOOST_TEST(files.has(day_before(2) + "a"));
    BOOST_TEST(expire_archive(drop, now(), limits(24h * 30, 0))->bytes_left == 0u);
}

BOOST_AUTO_TEST_CASE(blocks_count_and_not_lengths) {
    files.make_folder(day_before(1));
    files.write(day_before(1) + "short", "1");
    auto room = room_of(files.path(day_before(1) + "short"));
    BOOST_REQUIRE(room > 1);
    BOOST_TEST(expire_archive(drop, now(), limits(24h * 30, room - 1))->files_deleted == 1u);
    // A sparse file takes what is written of it. The emptied folder is removed too.
    files.make_folder(day_before(1));
    files.write(day_before(1) + "sparse", "1");
    std::filesystem::resize_file(files.path(day_before(1) + "sparse"), 1u << 30u);
    BOOST_TEST(expire_archive(drop, now(), limits(24h * 30, 1u << 20u))->files_deleted == 0u);
}

BOOST_AUTO_TEST_CASE(the_oldest_make_room_for_inodes_too) {
    for (int day : {1, 2, 3}) {
        files.make_folder(day_before(day));
        files.write(day_before(day) + "a", "1");
    }
    auto few = limits(24h * 30, UINT64_MAX);
    few.files = 1;
    auto report = expire_archive(drop, now(), few).value();
    BOOST_TEST(report.files_deleted == 2u);
    BOOST_TEST(report.files_left == 1u);
    BOOST_TEST(files.has(day_before(1) + "a"));
}

BOOST_AUTO_TEST_CASE(what_is_needed_stays_however_old_and_however_little_room_there_is) {
    for (int day : {2, 3}) {
        files.make_folder(day_before(day));
        files.write(day_before(day) + "a", "1");
    }
    auto none = limits(1s, 0);
    none.files = 0;
    auto needed = std::make_shared<needed_files>();
    needed->locations.insert(day_before(3) + "a");
    none.needed = needed;
    BOOST_TEST(expire_archive(drop, now() + 48h, none)->files_deleted == 1u);
    BOOST_TEST(files.has(day_before(3) + "a"));
    // One that went there after the list was made.
    files.make_folder(day_before(2));
    files.write(day_before(2) + "b", "1");
    needed->since = now() - 1min;
    BOOST_TEST(expire_archive(drop, now() + 48h, none)->files_deleted == 0u);
    needed->since = wall_time::max();
    needed->locations.clear();
    BOOST_TEST(expire_archive(drop, now() + 48h, none)->files_left == 0u);
}

BOOST_AUTO_TEST_CASE(touches_nothing_but_the_archives_days) {
    auto held = dropped_and_claimed("a", "1");
    auto second = (files.write("b", "1"), claim("b", second_id));
    auto kept = quarantine(drop, second, second_id, "{}").value();
    files.write("c", "1");
    files.make_folder(".kustodrop/archive/notes");
    files.write(".kustodrop/archive/notes/x", "1");
    expire_archive(drop, now() + 24h * 365, limits(1s, 0)).value();
    for (auto& name : {held.location, kept, std::string("c")}) BOOST_TEST(files.has(name));
    BOOST_TEST(files.has(".kustodrop/archive/notes/x"));
}

BOOST_AUTO_TEST_CASE(a_folder_without_an_archive_is_fine) {
    std::filesystem::remove(files.path(".kustodrop/archive"));
    BOOST_TEST(expire_archive(drop, now(), limits(24h, 0))->bytes_left == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_written_in_the_archive_stays_until_it_has_been_looked_into) {
    auto asking = std::make_shared<needed_files>();
    asking->asks_for_written = true;
    auto all = limits(1s, 0);
    all.needed = asking;
    auto old = dropped_and_claimed("a", "1");
    set_modified(old.location, 1);
    old.identity = files.identity(old.location);
    auto untouched = archive(drop, old, first_id, now()).value();
    files.write("b", "1");
    auto held = claim("b", second_id);
    auto written = archive(drop, held, second_id, now()).value();
    files.append(written, "2");
    auto report = expire_archive(drop, now() + 48h, all).value();
    BOOST_TEST(!files.has(untouched));
    BOOST_TEST(files.has(written));
    BOOST_TEST_REQUIRE(report.written.size() == 1u);
    BOOST_TEST(report.written[0].location == written);
    BOOST_TEST(report.written[0].size_bytes == 2u);
    // A source that is on its way looks at it itself.
    asking->locations.insert(written);
    BOOST_TEST(expire_archive(drop, now() + 48h, all)->written.empty());
    asking->locations.clear();
    // It was looked into, and written once more.
    asking->looked_into[written] = report.written[0];
    files.append(written, "3");
    BOOST_TEST(expire_archive(drop, now() + 48h, all)->written.size() == 1u);
    auto seen = files.identity(written);
    asking->looked_into[written] = {written, seen.size_bytes, seen.modified_ns};
    BOOST_TEST(expire_archive(drop, now() + 48h, all)->written.empty());
    BOOST_TEST(!files.has(written));
}

BOOST_AUTO_TEST_SUITE_END()
