#include "spool/folder/scanning.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/source/place.hpp"
#include "support/in_work.hpp"

#include <sys/stat.h>

#include <fcntl.h>
#include <set>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(scan_, test::dropping)

BOOST_AUTO_TEST_CASE(finds_every_name_and_nothing_of_its_own) {
    auto expected = test::hostile_names();
    for (auto& name : expected) files.write(name, "x");
    dropped_and_claimed("claimed", "1");
    std::sort(expected.begin(), expected.end());
    auto found = scan_folder(drop, {}).value();
    BOOST_TEST(names(found) == expected, boost::test_tools::per_element());
    BOOST_TEST(found.found == expected.size());
    BOOST_TEST(!found.truncated);
}

BOOST_AUTO_TEST_CASE(sees_what_a_look_sees) {
    files.write("a", "123");
    auto found = scan_folder(drop, {}).value();
    BOOST_TEST((found.sightings.at(0) == look("a")));
}

BOOST_AUTO_TEST_CASE(stays_out_of_subfolders_unless_recursive) {
    files.make_folder("sub/deep");
    files.write("sub/deep/a", "1");
    files.write("b", "1");
    auto flat = scan_folder(drop, {}).value();
    BOOST_TEST(names(flat) == std::vector<std::string>{"b"}, boost::test_tools::per_element());
    BOOST_TEST(flat.folders.empty());
    scan_options options;
    options.recursive = true;
    auto deep = scan_folder(drop, options).value();
    std::vector<std::string> expected{"b", "sub/deep/a"};
    BOOST_TEST(names(deep) == expected, boost::test_tools::per_element());
    std::vector<std::string> folders{"sub", "sub/deep"};
    BOOST_TEST(deep.folders == folders, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(never_enters_links_hidden_folders_or_other_watches) {
    test::temp_folder outside;
    outside.write("secret", "1");
    std::filesystem::create_directory_symlink(outside.path(), files.path("link"));
    files.make_folder(".git");
    files.write(".git/config", "1");
    files.make_folder("nested/.kustodrop/archive");
    files.write("nested/.kustodrop/archive/x", "1");
    scan_options options;
    options.recursive = true;
    auto found = scan_folder(drop, options).value();
    BOOST_TEST(names(found) == std::vector<std::string>{"link"}, boost::test_tools::per_element());
    BOOST_TEST((found.sightings.at(0).kind == file_kind::symlink));
}

BOOST_AUTO_TEST_CASE(goes_through_a_large_folder_in_slices_that_miss_nothing) {
    for (int i = 0; i < 50; ++i) files.write("f" + std::to_string(i), "1");
    files.make_folder("sub");
    files.write("sub/a", "1");
    files.write("sub/b", "1");
    scan_options options;
    options.recursive = true;
    options.limit = 5;
    std::multiset<std::string> seen;
    std::optional<scan_position> from;
    std::size_t slices = 0;
    do {
        auto found = scan_folder(drop, options, from).value();
        BOOST_TEST(found.sightings.size() <= 5u);
        BOOST_TEST(found.truncated);
        for (auto& one : found.sightings) seen.insert(one.name);
        from = found.next;
        ++slices;
    } while (from && slices < 100);
    BOOST_TEST(seen.size() == 52u);
    BOOST_TEST(std::set<std::string>(seen.begin(), seen.end()).size() == 52u);
    BOOST_TEST(slices >= 11u);
}

BOOST_AUTO_TEST_CASE(shows_the_oldest_of_a_slice_first) {
    for (int i = 0; i < 50; ++i) {
        auto name = "f" + std::to_string(i);
        files.write(name, "1");
        set_modified(name, 1'000'000 + (i * 37) % 50);
    }
    auto found = scan_folder(drop, {}).value();
    BOOST_TEST(!found.truncated);
    BOOST_REQUIRE(found.sightings.size() == 50u);
    for (int i = 0; i < 50; ++i) {
        auto& seen = found.sightings[static_cast<std::size_t>(i)];
        BOOST_TEST(seen.identity.modified_ns == (1'000'000 + i) * 1'000'000'000ll);
    }
}

BOOST_AUTO_TEST_CASE(unwanted_names_do_not_use_up_the_limit) {
    for (int i = 0; i < 20; ++i) files.write("skip" + std::to_string(i), "");
    files.write("take", "");
    scan_options options;
    options.limit = 1;
    options.wanted = [](std::string_view name) { return !name.starts_with("skip"); };
    auto found = scan_folder(drop, options).value();
    BOOST_TEST(names(found) == std::vector<std::string>{"take"}, boost::test_tools::per_element());
    BOOST_TEST(found.unwanted == 20u);
    BOOST_TEST(!found.truncated);
}

BOOST_AUTO_TEST_CASE(goes_down_as_deep_as_folders_go) {
    std::string deep = "1";
    for (int level = 2; level <= 40; ++level) deep += "/" + std::to_string(level);
    files.make_folder(deep);
    files.write(deep + "/a", "1");
    scan_options options;
    options.recursive = true;
    auto found = scan_folder(drop, options).value();
    BOOST_TEST(names(found).front() == deep + "/a");
    BOOST_TEST(found.folders.size() == 40u);
    BOOST_TEST(!found.truncated);
    auto held = claim(deep + "/a");
    auto work = list_work(drop).value().files;
    BOOST_REQUIRE(work.size() == 1u);
    BOOST_TEST(work[0].location == held.location);
    BOOST_TEST(work[0].name == deep + "/a");
}

BOOST_AUTO_TEST_CASE(leaves_out_no_folder_however_many_there_are) {
    for (int i = 0; i < 5'000; ++i) files.make_folder("f" + std::to_string(i));
    files.make_folder("f17/below");
    for (auto name : {"f0/a", "f17/below/a", "f4999/a"}) files.write(name, "1");
    scan_options options;
    options.recursive = true;
    auto found = scan_folder(drop, options).value();
    BOOST_TEST(found.sightings.size() == 3u);
    BOOST_TEST(found.folders.size() == 5'001u);
    options.limit = 1;
    options.folders = 700;
    std::set<std::string> seen;
    std::size_t folders = 0;
    std::optional<scan_position> from;
    do {
        auto slice = scan_folder(drop, options, from).value();
        for (auto& one : slice.sightings) seen.insert(one.name);
        BOOST_TEST(slice.folders.size() <= 700u);
        folders += slice.folders.size();
        from = slice.next;
    } while (from);
    BOOST_TEST(seen.size() == 3u);
    BOOST_TEST(folders == 5'001u);
}

// A tree whose deepest file has a path that the kernel does not take at once.
static std::string deepest_of_long_names(const test::temp_folder& files) {
    std::string name(255, 'n');
    std::string whole = name;
    descriptor at(::open(files.path().c_str(), O_RDONLY | O_DIRECTORY));
    for (int level = 0; level < 17; ++level) {
        BOOST_REQUIRE(::mkdirat(at.get(), name.c_str(), 0750) == 0);
        at = descriptor(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
        BOOST_REQUIRE(at.is_open());
        if (level > 0) whole += "/" + name;
    }
    descriptor file(::openat(at.get(), "a", O_WRONLY | O_CREAT, 0640));
    BOOST_REQUIRE(::write(file.get(), "123", 3) == 3);
    return whole + "/a";
}

BOOST_AUTO_TEST_CASE(a_path_longer_than_the_kernel_takes_is_shipped_like_any_other) {
    auto name = deepest_of_long_names(files);
    BOOST_TEST(name.size() > 4'096u);
    scan_options options;
    options.recursive = true;
    auto found = scan_folder(drop, options).value();
    BOOST_TEST(names(found).front() == name);
    BOOST_TEST(found.sightings.at(0).readable);
    auto held = claim(name);
    BOOST_TEST(held.length_bytes == 3u);
    BOOST_REQUIRE(list_work(drop).value().files.size() == 1u);
    open_folders through(drop);
    BOOST_TEST(through.open(held.location, O_RDONLY).is_open());
    auto where = archive(drop, held, test::first_id, test::at_day(3)).value();
    BOOST_TEST(where.ends_with(name));
    BOOST_TEST(work_is_empty());
}

BOOST_AUTO_TEST_CASE(a_dangling_mess_of_kinds_is_listed_with_its_kinds) {
    ::mkfifo(files.path("pipe").c_str(), 0600);
    std::filesystem::create_symlink("nowhere", files.path("link"));
    auto found = scan_folder(drop, {}).value();
    BOOST_REQUIRE(found.sightings.size() == 2u);
    for (auto& seen : found.sightings) BOOST_TEST((seen.kind != file_kind::regular));
}

BOOST_AUTO_TEST_CASE(what_is_in_work_is_listed_by_id_and_found_by_it) {
    files.write("a", "1");
    files.make_folder("sub");
    files.write("sub/b", "2");
    claim("a");
    auto other = claim("sub/b", test::second_id);
    files.write(test::in_work("note"), "not ours");
    auto keys = list_work_keys(drop).value();
    BOOST_TEST(keys.size() == 2u);
    auto key = key_of(*id_in_work(other.location));
    BOOST_TEST_REQUIRE(key.has_value());
    auto found = list_work_locations(drop, {*key}).value();
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found.front() == other.location);
    BOOST_TEST(list_work_locations(drop, {}).value().empty());
}

BOOST_AUTO_TEST_CASE(what_only_waits_in_work_is_named_and_not_looked_at) {
    files.write("a", "1");
    files.write("b", "2");
    auto first = claim("a");
    auto second = claim("b", test::second_id);
    auto waits = *key_of(*id_in_work(first.location));
    auto listed = list_work(drop, {waits}).value();
    BOOST_TEST_REQUIRE(listed.files.size() == 1u);
    BOOST_TEST(listed.files.front().location == second.location);
    BOOST_TEST_REQUIRE(listed.waiting.size() == 1u);
    BOOST_TEST((listed.waiting.front() == waits));
    BOOST_TEST(
        list_work(drop, {*key_of("33333333-aaaa-4bbb-8ccc-000000000003")}).value().files.size() ==
        2u
    );
}

BOOST_AUTO_TEST_SUITE_END()
