#include "spool/folder/claiming.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;

using test::first_id;
using test::second_id;

static const auto in_work = std::string(spool::work_folder) + "/";

BOOST_FIXTURE_TEST_SUITE(claim_, test::dropping)

BOOST_AUTO_TEST_CASE(moves_the_file_under_a_name_that_carries_the_id) {
    files.write("a.json", "12345");
    auto held = claim("a.json");
    BOOST_TEST(held.name == "a.json");
    BOOST_TEST(held.location == in_work + first_id + "~a.json");
    BOOST_TEST(held.length_bytes == 5u);
    BOOST_TEST(held.offset == 0u);
    BOOST_TEST((held.identity == files.identity(held.location)));
    BOOST_TEST(files.read(held.location) == "12345");
    BOOST_TEST(!files.has("a.json"));
}

BOOST_AUTO_TEST_CASE(any_name_survives_claim_and_listing) {
    for (auto& name : test::hostile_names()) {
        files.write(name, name);
        auto held = claim(name);
        BOOST_TEST(files.read(held.location) == name);
        auto work = list_work(drop).value().files;
        BOOST_REQUIRE(work.size() == 1u);
        BOOST_TEST(work[0].name == name);
        BOOST_TEST(work[0].source_id == first_id);
        BOOST_TEST(work[0].location == held.location);
        BOOST_TEST((work[0].identity == held.identity));
        BOOST_TEST(put_back(drop, held, first_id).value() == name);
        BOOST_TEST(files.read(name) == name);
    }
}

BOOST_AUTO_TEST_CASE(a_long_name_goes_into_a_folder_of_its_own) {
    std::string fits(255 - 37, 'n');
    std::string longer(255 - 36, 'n');
    files.write(fits, "1");
    files.write(longer, "1");
    BOOST_TEST(claim(fits).location == in_work + first_id + "~" + fits);
    BOOST_TEST(claim(longer).location == in_work + first_id + "/" + longer);
}

BOOST_AUTO_TEST_CASE(a_file_of_a_subfolder_keeps_its_relative_path) {
    files.make_folder("sub/deep");
    files.write("sub/deep/a", "1");
    auto held = claim("sub/deep/a");
    BOOST_TEST(held.location == in_work + first_id + "/sub/deep/a");
    auto work = list_work(drop).value().files;
    BOOST_REQUIRE(work.size() == 1u);
    BOOST_TEST(work[0].name == "sub/deep/a");
    BOOST_TEST(put_back(drop, held, first_id).value() == "sub/deep/a");
    BOOST_TEST(files.read("sub/deep/a") == "1");
    BOOST_TEST(!files.has(in_work + first_id));
}

BOOST_AUTO_TEST_CASE(several_files_may_share_one_id) {
    files.write("a", "1");
    files.write("b", "2");
    claim("a");
    claim("b");
    BOOST_TEST(list_work(drop)->files.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_went_has_vanished_and_leaves_no_trace) {
    files.make_folder("sub");
    files.write("sub/a", "1");
    auto seen = look("sub/a");
    std::filesystem::remove(files.path("sub/a"));
    auto said = spool::claim(drop, seen, first_id);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::file_vanished);
    BOOST_TEST((said.error().next == remedy::retry));
    BOOST_TEST(!files.has(in_work + first_id));
}

BOOST_AUTO_TEST_CASE(a_file_replaced_since_it_was_seen_is_claimed_as_it_is) {
    files.write("a", "old");
    auto seen = look("a");
    files.write("b", "newer");
    std::filesystem::rename(files.path("b"), files.path("a"));
    auto held = spool::claim(drop, seen, first_id).value();
    BOOST_TEST(!held.identity.same_content(seen.identity));
    BOOST_TEST(held.length_bytes == 5u);
    BOOST_TEST((held.identity == files.identity(held.location)));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_a_file) {
    ::mkfifo(files.path("pipe").c_str(), 0600);
    std::filesystem::create_symlink("/etc/hostname", files.path("link"));
    files.make_folder("sub");
    for (std::string name : {"pipe", "link", "sub"}) {
        auto said = spool::claim(drop, look(name), first_id);
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST(said.error().code == errc::not_a_file);
        BOOST_TEST((said.error().next == remedy::give_up));
        BOOST_TEST(files.has(name));
    }
}

BOOST_AUTO_TEST_CASE(what_became_a_link_since_it_was_seen_goes_back) {
    files.write("a", "1");
    auto seen = look("a");
    std::filesystem::remove(files.path("a"));
    std::filesystem::create_symlink("/etc/hostname", files.path("a"));
    BOOST_TEST(spool::claim(drop, seen, first_id).error().code == errc::not_a_file);
    BOOST_TEST((look("a").kind == file_kind::symlink));
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_CASE(never_leaves_the_folder) {
    for (std::string name : {"../a", "/etc/hostname", "sub/../../a", "a//b", "", "."}) {
        sighting seen;
        seen.name = name;
        seen.kind = file_kind::regular;
        BOOST_TEST(spool::claim(drop, seen, first_id).has_error());
    }
    test::temp_folder outside;
    outside.write("a", "1");
    std::filesystem::create_directory_symlink(outside.path(), files.path("link"));
    sighting seen;
    seen.name = "link/a";
    seen.kind = file_kind::regular;
    BOOST_TEST(spool::claim(drop, seen, first_id).has_error());
    BOOST_TEST(outside.has("a"));
}

BOOST_AUTO_TEST_CASE(an_id_that_is_no_guid_is_a_bug) {
    files.write("a", "1");
    BOOST_CHECK_THROW(spool::claim(drop, look("a"), "../x"), std::logic_error);
}

BOOST_AUTO_TEST_CASE(never_overwrites_what_was_claimed) {
    auto held = dropped_and_claimed("a", "first");
    files.write("a", "second");
    BOOST_TEST(spool::claim(drop, look("a"), first_id).error().code == errc::name_taken);
    BOOST_TEST(files.read(held.location) == "first");
    BOOST_TEST(files.read("a") == "second");
}

BOOST_AUTO_TEST_CASE(a_work_folder_that_is_no_folder_does_not_mean_that_the_file_has_vanished) {
    files.write("a", "1");
    std::filesystem::remove(files.path(std::string(work_folder)));
    files.write(std::string(work_folder), "in the way");
    auto said = spool::claim(drop, look("a"), first_id);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::target_blocked);
    BOOST_TEST(files.has("a"));
}

BOOST_AUTO_TEST_CASE(a_subfolder_that_became_a_file_has_taken_its_files_with_it) {
    files.make_folder("sub");
    files.write("sub/a", "1");
    auto seen = look("sub/a");
    std::filesystem::remove_all(files.path("sub"));
    files.write("sub", "1");
    BOOST_TEST(spool::claim(drop, seen, first_id).error().code == errc::file_vanished);
}

// What a file server answers to a repeated request says nothing about the first.
BOOST_AUTO_TEST_CASE(a_move_is_judged_by_what_lies_where) {
    files.write("a", "1");
    place_at from{drop.descriptor_of_root(), "a"};
    place_at to{drop.descriptor_of_root(), "b"};
    BOOST_TEST(!has_moved(from, to));
    std::filesystem::rename(files.path("a"), files.path("b"));
    BOOST_TEST(has_moved(from, to));
    files.write("a", "2");
    BOOST_TEST(!has_moved(from, to));
}

BOOST_AUTO_TEST_CASE(a_claim_that_was_interrupted_between_link_and_unlink_is_finished) {
    files.make_folder("sub");
    for (std::string name : {"a", "sub/b"}) {
        files.write(name, "1");
        auto place = work_location(name == "a" ? first_id : second_id, name);
        std::filesystem::create_directories(std::filesystem::path(files.path(place)).parent_path());
        std::filesystem::create_hard_link(files.path(name), files.path(place));
    }
    auto work = list_work(drop).value().files;
    BOOST_REQUIRE(work.size() == 2u);
    for (auto& one : work) BOOST_TEST(one.links == 1u);
    BOOST_TEST(!files.has("a"));
    BOOST_TEST(!files.has("sub/b"));
}

BOOST_AUTO_TEST_CASE(a_link_to_another_file_in_work_is_left_alone) {
    files.write("a", "1");
    files.write("elsewhere", "1");
    auto place = work_location(first_id, "a");
    std::filesystem::create_hard_link(files.path("elsewhere"), files.path(place));
    auto work = list_work(drop).value().files;
    BOOST_REQUIRE(work.size() == 1u);
    BOOST_TEST(work[0].links == 2u);
    BOOST_TEST(files.has("a"));
    std::filesystem::create_hard_link(files.path("elsewhere"), files.path("third"));
    BOOST_TEST(list_work(drop).value().files[0].links == 3u);
    BOOST_TEST(files.has("elsewhere"));
}

// FAT, CIFS and FUSE may number a file otherwise after the next mount.
BOOST_AUTO_TEST_CASE(where_inode_numbers_do_not_last_the_place_shows_which_file_it_is) {
    drop.treat_as({medium_kind::remote, "fuse", false});
    auto held = dropped_and_claimed("a", "1");
    BOOST_TEST(held.identity.inode == 0u);
    auto journaled = held;
    journaled.identity.inode = 4711;
    BOOST_TEST(list_work(drop).value().files[0].identity.same_content(journaled.identity));
    files.append(held.location, "2");
    auto now = drop.look(held.location).value()->identity;
    BOOST_TEST(now.same_file(journaled.identity));
    BOOST_TEST(!now.same_content(journaled.identity));
    BOOST_TEST(archive(drop, held, first_id, test::at_day(3)).error().code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(in_place_nothing_moves) {
    files.write("a", "123");
    auto held = claim_in_place(drop, look("a")).value();
    BOOST_TEST(held.location == "a");
    BOOST_TEST((held.identity == files.identity("a")));
    std::filesystem::remove(files.path("a"));
    sighting absent;
    absent.name = "a";
    BOOST_TEST(claim_in_place(drop, absent).error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_in_work_is_reported_as_foreign) {
    files.write(in_work + "notes.txt", "1");
    files.make_folder(in_work + first_id);
    files.make_folder(in_work + "backup");
    files.write(in_work + "backup/x", "1");
    auto upper = first_id;
    std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
    files.write(in_work + upper + "~a", "1");
    auto work = list_work(drop).value().files;
    BOOST_REQUIRE(work.size() == 3u);
    for (auto& entry : work) BOOST_TEST(entry.foreign());
    BOOST_TEST(!files.has(in_work + first_id));
    BOOST_TEST(files.has(in_work + "backup/x"));
}

BOOST_AUTO_TEST_CASE(moves_can_be_made_durable) { BOOST_TEST(drop.sync().has_value()); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(place_)

BOOST_AUTO_TEST_CASE(puts_the_id_before_the_extension) {
    BOOST_TEST(with_id("x.json", "ID") == "x.ID.json");
    BOOST_TEST(with_id("x.json.gz", "ID") == "x.ID.json.gz");
    BOOST_TEST(with_id("x", "ID") == "x.ID");
    BOOST_TEST(with_id(".hidden", "ID") == ".hidden.ID");
    BOOST_TEST(with_id("2026.11.23", "ID") == "2026.11.ID.23");
    BOOST_TEST(with_id("x." + std::string(40, 'e'), "ID") == "x." + std::string(40, 'e') + ".ID");
}

BOOST_AUTO_TEST_CASE(shortens_the_stem_rather_than_fail) {
    auto longest = with_id(std::string(250, 'x') + ".json", first_id);
    BOOST_TEST(longest.size() == 255u);
    BOOST_TEST(longest.ends_with("." + first_id + ".json"));
}

BOOST_AUTO_TEST_CASE(days_have_one_spelling) {
    BOOST_TEST(day_name(test::at_day(3)) == "2026-11-03");
    BOOST_TEST(parse_day_name("2026-11-03").has_value());
    for (auto name : {"2026-11-3", "2026-13-01", "x", "", "2026-11-03T", "20261103"}) {
        BOOST_TEST(!parse_day_name(name).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
