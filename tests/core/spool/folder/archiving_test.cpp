#include "spool/folder/archiving.hpp"

#include "base/random.hpp"
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/claiming.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/folder/quarantine.hpp"
#include "spool/source/place.hpp"

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

// A file "data" was archived before the file "data/x.csv" came.
BOOST_AUTO_TEST_CASE(goes_elsewhere_where_a_file_has_the_name_of_its_folder) {
    auto first = dropped_and_claimed("data", "1");
    archive(drop, first, first_id, at_day(3)).value();
    files.make_folder("data");
    files.write("data/x.csv", "2");
    auto second = claim("data/x.csv", second_id);
    auto where = archive(drop, second, second_id, at_day(3)).value();
    BOOST_TEST(where == archived + second_id + "/data/x.csv");
    BOOST_TEST(unusual_place(where).value() == second_id);
    BOOST_TEST(files.read(where) == "2");
    BOOST_TEST(work_is_empty());
    BOOST_TEST(archive(drop, second, second_id, at_day(3)).value() == where);
    BOOST_TEST(archive(drop, second, second_id, at_day(4)).value() == where);
}

BOOST_AUTO_TEST_CASE(goes_elsewhere_where_a_link_has_the_name_of_its_folder) {
    test::temp_folder outside;
    files.make_folder("data");
    auto held = dropped_and_claimed("data/x.csv", "1");
    files.make_folder(archived);
    std::filesystem::create_directory_symlink(outside.path(), files.path(archived + "data"));
    auto where = archive(drop, held, first_id, at_day(3)).value();
    BOOST_TEST(where == archived + first_id + "/data/x.csv");
    BOOST_TEST(std::filesystem::is_empty(outside.path()));
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_no_folder_is_not_the_files_fault) {
    auto day = archived.substr(0, archived.size() - 1);
    for (auto& top : {std::string(archive_folder), day}) {
        auto held = dropped_and_claimed("a", "1");
        std::filesystem::remove_all(files.path(top));
        files.write(top, "in the way");
        auto said = archive(drop, held, first_id, at_day(3));
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::target_blocked);
        BOOST_TEST((said.error().next == remedy::retry));
        BOOST_TEST(files.has(held.location));
        std::filesystem::remove(files.path(top));
        BOOST_TEST(drop.prepare().has_value());
        BOOST_TEST(archive(drop, held, first_id, at_day(3)).value() == archived + "a");
        std::filesystem::remove(files.path(archived + "a"));
    }
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

BOOST_AUTO_TEST_CASE(a_crash_between_sidecar_and_move_is_repaired) {
    auto held = dropped_and_claimed("a", "1");
    files.write(quarantined + "a.error.json", "{\"source_id\":\"" + first_id + "\",\"old\":1}");
    BOOST_TEST(quarantine(drop, held, first_id, explanation).value() == quarantined + "a");
    BOOST_TEST(files.read(quarantined + "a.error.json") == explanation);
}

BOOST_AUTO_TEST_CASE(goes_elsewhere_where_a_file_has_the_name_of_its_folder) {
    quarantine(drop, dropped_and_claimed("data", "1"), first_id, explanation).value();
    files.make_folder("data");
    files.write("data/x.csv", "2");
    auto second = claim("data/x.csv", second_id);
    auto why = "{\"source_id\":\"" + second_id + "\"}";
    auto where = quarantine(drop, second, second_id, why).value();
    BOOST_TEST(where == quarantined + second_id + "/data/x.csv");
    BOOST_TEST(files.read(where + ".error.json") == why);
    BOOST_TEST(quarantine(drop, second, second_id, why).value() == where);
    second.location = where;
    BOOST_TEST(put_back(drop, second, second_id).value() == "data/x.csv");
    BOOST_TEST(!files.has(quarantined + second_id));
}

BOOST_AUTO_TEST_CASE(a_quarantine_that_is_no_folder_is_not_the_files_fault) {
    auto held = dropped_and_claimed("a", "1");
    std::filesystem::remove(files.path(quarantined));
    files.write(".kustodrop/quarantine", "in the way");
    auto said = quarantine(drop, held, first_id, explanation);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::target_blocked);
    BOOST_TEST(files.has(held.location));
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

BOOST_AUTO_TEST_CASE(goes_beside_a_file_that_has_the_name_of_its_folder_by_now) {
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a.json", "1");
    std::filesystem::remove(files.path("sub"));
    files.write("sub", "2");
    auto name = put_back(drop, held, first_id).value();
    BOOST_TEST(name == "a." + first_id + ".json");
    BOOST_TEST(files.read(name) == "1");
    BOOST_TEST(put_back(drop, held, first_id).value() == name);
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
