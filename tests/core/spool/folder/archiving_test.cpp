#include "spool/folder/archiving.hpp"

#include "async/clock.hpp"
#include "base/random.hpp"
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/claiming.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/folder/quarantine.hpp"
#include "spool/folder/retention.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

using namespace kustodrop;
using namespace kustodrop::spool;

using test::at_day;
using test::first_id;
using test::second_id;

static const std::string archived = ".kustodrop/archive/2026-11-03/";
static const std::string quarantined = ".kustodrop/quarantine/";
static const std::string explanation = "{\"source_id\":\"" + first_id + "\",\"code\":\"Bad\"}";

BOOST_FIXTURE_TEST_SUITE(archive_, test::dropping)

BOOST_AUTO_TEST_CASE(goes_to_the_day_of_retirement) {
    auto held = dropped_and_claimed("a.json", "1");
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + "a.json");
    BOOST_TEST(files.read(archived + "a.json") == "1");
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_CASE(keeps_the_relative_path) {
    files.make_folder("sub/deep");
    auto held = dropped_and_claimed("sub/deep/a", "1");
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + "sub/deep/a");
    BOOST_TEST(!files.has(std::string(work_folder) + "/" + first_id));
}

BOOST_AUTO_TEST_CASE(a_second_file_of_that_name_gets_its_id) {
    auto first = dropped_and_claimed("a.json", "1");
    files.write("a.json", "2");
    auto second = claim("a.json", second_id);
    BOOST_TEST(archive(drop, first, first_id, at_day(3)).value() == archived + "a.json");
    auto where = archive(drop, second, second_id, at_day(3)).value();
    BOOST_TEST(where == archived + "a." + second_id + ".json");
    BOOST_TEST(files.read(archived + "a.json") == "1");
    BOOST_TEST(files.read(where) == "2");
}

BOOST_AUTO_TEST_CASE(takes_any_name) {
    random_generator random(1);
    for (auto& name : test::hostile_names()) {
        auto held = dropped_and_claimed(name, "1");
        BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + name);
        files.write(name, "2");
        auto id = make_guid(random);
        auto second = claim(name, id);
        auto where = archive(drop, second, id, at_day(3)).value();
        BOOST_TEST(files.read(where) == "2");
        BOOST_TEST(archive(drop, second, id, at_day(3)).value() == where);
    }
}

BOOST_AUTO_TEST_CASE(asked_again_after_a_crash_it_finds_what_it_did) {
    auto first = dropped_and_claimed("a.json", "1");
    files.write("a.json", "2");
    auto second = claim("a.json", second_id);
    auto where = archive(drop, first, first_id, at_day(3)).value();
    auto other = archive(drop, second, second_id, at_day(3)).value();
    BOOST_TEST(archive(drop, first, first_id, at_day(3)).value() == where);
    BOOST_TEST(archive(drop, second, second_id, at_day(3)).value() == other);
    BOOST_TEST(archive(drop, first, first_id, at_day(4)).value() == where);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_nowhere_has_vanished) {
    auto held = dropped_and_claimed("a", "1");
    std::filesystem::remove(files.path(held.location));
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_CASE(another_file_of_that_name_in_the_archive_is_not_ours) {
    auto held = dropped_and_claimed("a", "1");
    files.make_folder(archived);
    files.write(archived + "a", "other");
    std::filesystem::remove(files.path(held.location));
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_CASE(a_file_that_grew_stays) {
    auto held = dropped_and_claimed("a", "1");
    files.append(held.location, "2");
    auto said = archive(drop, held, first_id, at_day(3));
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::file_changed);
    BOOST_TEST(files.read(held.location) == "12");
}

BOOST_AUTO_TEST_CASE(in_place_it_goes_through_work) {
    files.write("a", "1");
    auto held = claim_in_place(drop, look("a")).value();
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + "a");
    BOOST_TEST(work_is_empty());
    BOOST_TEST(!files.has("a"));
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + "a");
}

BOOST_AUTO_TEST_CASE(in_place_a_replaced_file_stays) {
    files.write("a", "1");
    auto held = claim_in_place(drop, look("a")).value();
    files.write("b", "22");
    std::filesystem::rename(files.path("b"), files.path("a"));
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).error().code == errc::file_changed);
    BOOST_TEST(files.read("a") == "22");
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_CASE(does_not_follow_a_link_that_someone_put_there) {
    test::temp_folder outside;
    auto held = dropped_and_claimed("a", "1");
    std::filesystem::remove(files.path(".kustodrop/archive"));
    std::filesystem::create_directory_symlink(outside.path(), files.path(".kustodrop/archive"));
    BOOST_TEST(archive(drop, held, first_id, at_day(3)).has_error());
    BOOST_TEST(files.has(held.location));
    BOOST_TEST(std::filesystem::is_empty(outside.path()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(quarantine_, test::dropping)

BOOST_AUTO_TEST_CASE(goes_beside_its_explanation) {
    auto held = dropped_and_claimed("a.json", "1");
    BOOST_TEST(quarantine(drop, held, first_id, explanation).value() == quarantined + "a.json");
    BOOST_TEST(files.read(quarantined + "a.json") == "1");
    BOOST_TEST(files.read(quarantined + "a.json.error.json") == explanation);
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_CASE(a_name_too_long_for_a_sidecar_is_explained_under_the_id) {
    std::string name(250, 'n');
    auto held = dropped_and_claimed(name, "1");
    BOOST_TEST(quarantine(drop, held, first_id, explanation).value() == quarantined + name);
    BOOST_TEST(files.read(quarantined + first_id + ".error.json") == explanation);
}

BOOST_AUTO_TEST_CASE(a_second_file_of_that_name_gets_its_id) {
    auto first = dropped_and_claimed("a.json", "1");
    quarantine(drop, first, first_id, explanation).value();
    files.write("a.json", "2");
    auto second = claim("a.json", second_id);
    auto where = quarantine(drop, second, second_id, "{\"x\":\"" + second_id + "\"}").value();
    BOOST_TEST(where == quarantined + "a." + second_id + ".json");
    BOOST_TEST(files.read(quarantined + "a.json") == "1");
    BOOST_TEST(files.read(quarantined + "a.json.error.json") == explanation);
    BOOST_TEST(files.has(where + ".error.json"));
}

BOOST_AUTO_TEST_CASE(a_file_that_looks_like_a_sidecar_is_never_overwritten) {
    auto tricky = dropped_and_claimed("a.json.error.json", "precious");
    BOOST_REQUIRE(quarantine(drop, tricky, first_id, explanation).has_value());
    files.write("a.json", "2");
    auto second = claim("a.json", second_id);
    auto where = quarantine(drop, second, second_id, "{}").value();
    BOOST_TEST(files.read(quarantined + "a.json.error.json") == "precious");
    BOOST_TEST(where == quarantined + "a." + second_id + ".json");
}

BOOST_AUTO_TEST_CASE(asked_again_after_a_crash_it_finds_what_it_did) {
    auto held = dropped_and_claimed("a", "1");
    auto where = quarantine(drop, held, first_id, explanation).value();
    BOOST_TEST(quarantine(drop, held, first_id, explanation).value() == where);
}

BOOST_AUTO_TEST_CASE(a_crash_between_sidecar_and_move_is_mended) {
    auto held = dropped_and_claimed("a", "1");
    files.write(quarantined + "a.error.json", "{\"source_id\":\"" + first_id + "\",\"old\":1}");
    BOOST_TEST(quarantine(drop, held, first_id, explanation).value() == quarantined + "a");
    BOOST_TEST(files.read(quarantined + "a.error.json") == explanation);
}

BOOST_AUTO_TEST_CASE(takes_a_file_that_changed) {
    auto held = dropped_and_claimed("a", "1");
    files.append(held.location, "2");
    BOOST_TEST(quarantine(drop, held, first_id, explanation).has_value());
}

BOOST_AUTO_TEST_CASE(leaves_no_temporary_files) {
    auto held = dropped_and_claimed("a", "1");
    quarantine(drop, held, first_id, explanation).value();
    std::size_t count = 0;
    for ([[maybe_unused]] auto& entry :
         std::filesystem::directory_iterator(files.path(quarantined))) {
        ++count;
    }
    BOOST_TEST(count == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(put_back_, test::dropping)

BOOST_AUTO_TEST_CASE(returns_a_quarantined_file_and_drops_the_explanation) {
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a.json", "1");
    held.location = quarantine(drop, held, first_id, explanation).value();
    BOOST_TEST(put_back(drop, held, first_id).value() == "sub/a.json");
    BOOST_TEST(files.read("sub/a.json") == "1");
    BOOST_TEST(!files.has(quarantined + "sub"));
    BOOST_TEST(files.has(".kustodrop/quarantine"));
}

BOOST_AUTO_TEST_CASE(makes_way_for_a_new_file_of_that_name) {
    auto held = dropped_and_claimed("a.json", "1");
    files.write("a.json", "2");
    auto name = put_back(drop, held, first_id).value();
    BOOST_TEST(name == "a." + first_id + ".json");
    BOOST_TEST(files.read(name) == "1");
    BOOST_TEST(files.read("a.json") == "2");
    BOOST_TEST(put_back(drop, held, first_id).value() == name);
}

BOOST_AUTO_TEST_CASE(asked_again_after_a_crash_it_finds_what_it_did) {
    auto held = dropped_and_claimed("a", "1");
    BOOST_TEST(put_back(drop, held, first_id).value() == "a");
    BOOST_TEST(put_back(drop, held, first_id).value() == "a");
}

BOOST_AUTO_TEST_CASE(makes_the_subfolder_again_if_it_went) {
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a", "1");
    std::filesystem::remove(files.path("sub"));
    BOOST_TEST(put_back(drop, held, first_id).value() == "sub/a");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(remove_, test::dropping)

BOOST_AUTO_TEST_CASE(deletes_and_can_be_asked_again) {
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a", "1");
    BOOST_TEST(remove(drop, held, first_id).has_value());
    BOOST_TEST(!files.has(std::string(work_folder) + "/" + first_id));
    BOOST_TEST(remove(drop, held, first_id).has_value());
}

BOOST_AUTO_TEST_CASE(never_deletes_a_file_that_changed) {
    auto held = dropped_and_claimed("a", "1");
    files.append(held.location, "2");
    auto said = remove(drop, held, first_id);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::file_changed);
    BOOST_TEST(files.read(held.location) == "12");
}

BOOST_AUTO_TEST_CASE(in_place_it_deletes_only_the_very_file) {
    files.write("a", "1");
    files.write("b", "1");
    auto first = claim_in_place(drop, look("a")).value();
    auto second = claim_in_place(drop, look("b")).value();
    files.write("b", "22");
    BOOST_TEST(remove(drop, first, first_id).has_value());
    BOOST_TEST(!files.has("a"));
    BOOST_TEST(remove(drop, second, second_id).error().code == errc::file_changed);
    BOOST_TEST(files.read("b") == "22");
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_SUITE_END()

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
    // A sparse file takes what is written of it.
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

BOOST_AUTO_TEST_CASE(files_in_quarantine_are_counted_without_what_is_said_of_them) {
    BOOST_TEST(count_quarantined(drop) == 0u);
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a", "1");
    quarantine(drop, held, first_id, "{}").value();
    BOOST_TEST(count_quarantined(drop) == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_without_an_archive_is_fine) {
    std::filesystem::remove(files.path(".kustodrop/archive"));
    BOOST_TEST(expire_archive(drop, now(), limits(24h, 0))->bytes_left == 0u);
}

BOOST_AUTO_TEST_CASE(a_stale_handle_does_not_mean_that_the_file_is_gone) {
    BOOST_TEST(move_failure("cannot move", "a", ENOENT).code == errc::file_vanished);
    BOOST_TEST(move_failure("cannot move", "a", ESTALE).code == errc::move_failed);
}

BOOST_AUTO_TEST_SUITE_END()
