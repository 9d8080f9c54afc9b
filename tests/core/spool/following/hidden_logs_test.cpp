// Logs that are out of sight for a while, with their folder.
#include "core/spool/following/looking/folder_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
namespace fs = std::filesystem;

namespace {

struct with_subfolder : test::following_a_folder {
    std::string away = place.path() + ".away";

    with_subfolder() {
        recursive = true;
        subject = make();
        fs::create_directory(place.path("pod"));
        append("pod/app.log", "a\n");
        BOOST_TEST(cut() == "a\n");
    }
    ~with_subfolder() { fs::remove_all(away); }

    void move_away() { fs::rename(place.path("pod"), away); }
    void move_back() { fs::rename(away, place.path("pod")); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hidden_logs, with_subfolder)

BOOST_AUTO_TEST_CASE(a_folder_that_is_back_after_its_logs_have_ended_is_read_on) {
    move_away();
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.logs.size() == 1u);
    subject->end({seen.logs[0].number});
    look();
    BOOST_TEST(look().logs.empty());
    move_back();
    append("pod/app.log", "b\n");
    BOOST_TEST(cut() == "b\n");
}

BOOST_AUTO_TEST_CASE(so_is_one_that_is_not_there_at_a_start) {
    move_away();
    restart();
    look();
    restart();
    look();
    move_back();
    append("pod/app.log", "b\n");
    BOOST_TEST(cut() == "b\n");
}

BOOST_AUTO_TEST_CASE(what_a_look_could_not_reach_has_not_vanished) {
    BOOST_TEST(is_beneath_any("pod/app.log", {"pod"}));
    BOOST_TEST(is_beneath_any("pod/app.log", {"other", ""}));
    BOOST_TEST(!is_beneath_any("pods/app.log", {"pod"}));
    BOOST_TEST(!is_beneath_any("pod/app.log", {}));
}

BOOST_AUTO_TEST_SUITE_END()
