// Logs that have several names.
#include "spool/following/looking/log_listing.hpp"

#include "core/spool/following/looking/folder_fixture.hpp"

#include <algorithm>

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(log_listing, following_a_folder)

BOOST_AUTO_TEST_CASE(the_log_of_the_day_is_live_behind_a_link) {
    append("app-2026-11-30.log", "a\n");
    fs::create_symlink("app-2026-11-30.log", place.path("app.log"));
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.logs.size() == 1u);
    BOOST_TEST(!seen.logs[0].is_rotated);
    BOOST_TEST(cut(seen) == "a\n");
}

BOOST_AUTO_TEST_CASE(so_it_is_where_only_the_link_is_listed) {
    include = {"app.log"};
    subject = make();
    for (auto target : {std::string("./app-2026-11-30.log"), place.path("app-2026-11-30.log")}) {
        append("app-2026-11-30.log", "a\n");
        fs::create_symlink(target, place.path("app.log"));
        auto seen = look();
        BOOST_TEST_REQUIRE(seen.logs.size() == 1u);
        BOOST_TEST(!seen.logs[0].is_rotated);
        BOOST_TEST(cut(seen) == "a\n");
        fs::remove(place.path("app.log"));
    }
    BOOST_TEST(look().logs[0].is_rotated);
}

BOOST_AUTO_TEST_CASE(of_two_names_of_a_file_the_live_one_counts) {
    for (auto other : {"app-2026-11-30.log", "app.2026-11-30.log", "app.log.1", "Z"}) {
        append("app.log", "a\n");
        fs::create_hard_link(place.path("app.log"), place.path(other));
        subject = make();
        auto seen = look();
        BOOST_TEST_REQUIRE(seen.logs.size() == 1u);
        BOOST_TEST(seen.logs[0].name == "app.log");
        BOOST_TEST(!seen.logs[0].is_rotated);
        BOOST_TEST(cut(seen) == "a\n");
        fs::remove(place.path("app.log"));
        fs::remove(place.path(other));
    }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_folder_decides_nothing) {
    name_rule_options rules;
    rules.include = {"*.log"};
    log_names names(rules);
    // Two names of one file, and another file.
    std::vector<sighting> found(3);
    for (auto& one : found) one.kind = file_kind::regular;
    found[0].name = "b.log";
    found[1].name = "a.log";
    found[2].name = "c.log";
    found[0].inode = found[1].inode = 7;
    found[2].inode = 8;
    for (int i = 0; i < 6; ++i) {
        std::ranges::next_permutation(found, [](auto& one, auto& other) {
            return one.name < other.name;
        });
        auto listed = list_files(folder, names, found, {});
        BOOST_TEST_REQUIRE(listed.size() == 2u);
        BOOST_TEST(listed[0].seen->name == "a.log");
        BOOST_TEST(listed[1].seen->name == "c.log");
    }
}

BOOST_AUTO_TEST_CASE(links_to_files_that_are_not_followed_are_named) {
    using names = std::vector<std::string>;
    recursive = true;
    include = {"app.log", "a/*.log"};
    subject = make();
    for (auto name : {"a", "out"}) fs::create_directory(place.path(name));
    append("a/one.log", "a\n");
    append("out/two.txt", "a\n");
    fs::create_symlink("/var/log/elsewhere.log", place.path("app.log"));
    fs::create_symlink("one.log", place.path("a/near.log"));
    fs::create_symlink("../a/./one.log", place.path("a/far.log"));
    fs::create_symlink(place.path("a/one.log"), place.path("a/whole.log"));
    fs::create_symlink("../out/two.txt", place.path("a/two.log"));
    fs::create_symlink("/dev/null", place.path("a/no.txt"));
    auto links = look().links;
    std::ranges::sort(links);
    BOOST_TEST((links == names{"a/two.log", "app.log"}));
}

BOOST_AUTO_TEST_SUITE_END()
