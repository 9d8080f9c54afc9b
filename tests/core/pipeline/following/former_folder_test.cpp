// A watch that has another folder after a restart than before.
#include "pipeline/following/former_folder.hpp"

#include "core/pipeline/following/follower_fixture.hpp"

#include <filesystem>
#include <string>

using namespace kustodrop;
using test::following;
using test::texts;

namespace {

struct moving_at_a_restart : following {
    test::temp_folder other;

    void restart_elsewhere() {
        options.path = other.path();
        restart();
    }

    std::string code() {
        auto* record = spool::outcome_of(claimed().front()->stage);
        return record ? record->code : "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(former_folder, moving_at_a_restart)

BOOST_AUTO_TEST_CASE(what_is_in_it_is_shipped_first) {
    append("app.log", "1,a\n");
    begin();
    wait();
    append("app.log", "2,b\n3");
    other.write("web.log", "5,e\n");
    restart_elsewhere();
    wait();
    BOOST_TEST(has_said("the logs in the former folder are shipped first"));
    BOOST_TEST(watch->options.path == files.path());
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8", "app.log 8-9"}));
    for (auto* what : claimed()) retire(*what);
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"web.log 0-4"}));
    restart();
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"web.log 0-4"}));
}

BOOST_AUTO_TEST_CASE(so_it_is_after_a_kill_meanwhile) {
    append("app.log", "1,a\n");
    begin();
    wait();
    restart_elsewhere();
    wait();
    append("app.log", "2,b\n");
    restart();
    wait();
    BOOST_TEST(watch->options.path == files.path());
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
}

BOOST_AUTO_TEST_CASE(what_a_reload_wants_meanwhile_counts) {
    test::temp_folder third;
    append("app.log", "1,a\n");
    begin();
    wait();
    restart_elsewhere();
    wait();
    auto wanted = options;
    wanted.path = third.path();
    follows->change(wanted);
    wait();
    for (auto* what : claimed()) retire(*what);
    wait();
    BOOST_TEST(watch->options.path == third.path());
}

BOOST_AUTO_TEST_CASE(where_it_is_not_there_what_was_not_cut_was_left_behind) {
    options.follow.cut.max_age = 1h;
    append("app.log", "1,a\n");
    begin();
    wait();
    std::filesystem::remove_all(files.path());
    restart_elsewhere();
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(code() == "left_unread");
}

BOOST_AUTO_TEST_CASE(so_was_what_was_cut_and_not_uploaded) {
    append("app.log", "1,a\n");
    begin();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    std::filesystem::remove_all(files.path());
    restart_elsewhere();
    wait();
    BOOST_TEST(watch->options.path == other.path());
    follows->look_again(*claimed().front());
    wait(7);
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(code() == "left_unread");
}

BOOST_AUTO_TEST_CASE(nor_is_another_one_at_its_path_taken_for_it) {
    options.follow.cut.max_age = 1h;
    append("app.log", "1,a\n");
    begin();
    wait();
    auto aside = files.path() + ".aside";
    std::filesystem::rename(files.path(), aside);
    std::filesystem::create_directory(files.path());
    append("web.log", "of someone else\n");
    restart_elsewhere();
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(code() == "left_unread");
    std::filesystem::remove_all(aside);
}

BOOST_AUTO_TEST_CASE(one_that_was_renamed_is_followed_where_it_is_now) {
    append("app.log", "1,a\n");
    begin();
    wait();
    append("app.log", "2,b\n");
    std::filesystem::remove_all(other.path());
    std::filesystem::rename(files.path(), other.path());
    restart_elsewhere();
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
    std::filesystem::rename(other.path(), files.path());
}

BOOST_AUTO_TEST_CASE(one_that_was_replaced_at_its_path_is_named_once) {
    options.follow.cut.max_age = 1h;
    append("app.log", "1,a\n");
    begin();
    wait();
    auto aside = files.path() + ".aside";
    std::filesystem::rename(files.path(), aside);
    std::filesystem::create_directory(files.path());
    append("web.log", "2,b\n");
    restart();
    wait();
    BOOST_TEST(has_said("another folder is in the place of the one that was followed"));
    BOOST_TEST(code() == "deleted_unread");
    lines.clear();
    restart();
    wait();
    BOOST_TEST(!has_said("another folder is in the place of the one that was followed"));
    std::filesystem::remove_all(aside);
}

BOOST_AUTO_TEST_CASE(where_inodes_do_not_last_it_cannot_be_said) {
    spool::folder_record before{"web", "/logs", 1, 2};
    spool::folder_record now{"web", "/logs", 1, 3};
    spool::medium local;
    local.lasting_inodes = true;
    BOOST_TEST(pipeline::is_replaced(before, now, local));
    BOOST_TEST(!pipeline::is_replaced(before, now, spool::medium()));
    now.inode = 2;
    now.device = 5;  // Numbered again by a boot.
    BOOST_TEST(!pipeline::is_replaced(before, now, local));
    now.inode = 3;
    now.path = "/other";
    BOOST_TEST(!pipeline::is_replaced(before, now, local));
}

BOOST_AUTO_TEST_SUITE_END()
