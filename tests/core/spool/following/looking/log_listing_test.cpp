// Logs that have several names.
#include "core/spool/following/looking/folder_fixture.hpp"

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

BOOST_AUTO_TEST_SUITE_END()
