#include "spool/folder/open_folders.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/claiming.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;

using test::at_day;
using test::first_id;
using test::second_id;

static const auto in_work = std::string(spool::work_folder) + "/";
static const std::string archived = ".kustodrop/archive/2026-11-03/";

BOOST_FIXTURE_TEST_SUITE(a_batch_, test::dropping)

BOOST_AUTO_TEST_CASE(claims_on_in_folders_that_were_made_again) {
    files.make_folder("sub");
    for (std::string name : {"a", "b", "sub/a", "sub/b"}) files.write(name, "1");
    open_folders through(drop.descriptor_of_root());
    BOOST_REQUIRE(spool::claim(look("a"), first_id, through));
    std::filesystem::remove_all(files.path(in_work));
    files.make_folder(in_work);
    auto held = spool::claim(look("b"), first_id, through).value();
    BOOST_TEST(files.has(held.location));
    BOOST_REQUIRE(spool::claim(look("sub/a"), first_id, through));
    std::filesystem::rename(files.path("sub"), files.path("former"));
    files.make_folder("sub");
    std::filesystem::rename(files.path("former/b"), files.path("sub/b"));
    held = spool::claim(look("sub/b"), first_id, through).value();
    BOOST_TEST(files.has(held.location));
}

BOOST_AUTO_TEST_CASE(does_not_leave_the_folder_by_a_link_put_there_meanwhile) {
    files.write("a", "1");
    files.write("b", "1");
    test::temp_folder outside;
    open_folders through(drop.descriptor_of_root());
    BOOST_REQUIRE(spool::claim(look("a"), first_id, through));
    std::filesystem::remove_all(files.path(in_work));
    std::filesystem::create_directory_symlink(
        outside.path(), files.path(std::string(spool::work_folder))
    );
    BOOST_TEST(spool::claim(look("b"), second_id, through).has_error());
    BOOST_TEST(files.has("b"));
    BOOST_TEST(std::filesystem::is_empty(outside.path()));
}

BOOST_AUTO_TEST_CASE(archives_on_when_a_folder_was_removed_or_made_again) {
    open_folders through(drop.descriptor_of_root());
    auto first = dropped_and_claimed("a", "1");
    BOOST_TEST(archive(drop, first, first_id, at_day(3), through).value() == archived + "a");
    std::filesystem::remove_all(files.path(archived));
    auto second = dropped_and_claimed("b", "2");
    BOOST_TEST(archive(drop, second, first_id, at_day(3), through).value() == archived + "b");
    BOOST_TEST(files.read(archived + "b") == "2");
    // All of work/ is another folder by now.
    std::string work(work_folder);
    std::filesystem::rename(files.path(work), files.path("former"));
    files.make_folder(work);
    auto third = dropped_and_claimed("c", "3");
    BOOST_TEST(archive(drop, third, first_id, at_day(3), through).value() == archived + "c");
    BOOST_TEST(drop.sync_folder(archived.substr(0, archived.size() - 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
