// Media whose inode numbers do not last: the row of docs/following.md §1 about their live names.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct changing_numbers : book_fixture {
    changing_numbers() { mount(false); }

    void mount(bool lasting) {
        options.lasting_inodes = lasting;
        book = log_book(options);
    }
    void begin(const std::string& text) {
        write("app.log", text);
        look();
        cut("app.log");
    }
    void mount_again() {
        restart();
        disk.renumber();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(renumbered_, changing_numbers)

BOOST_AUTO_TEST_CASE(a_log_is_continued_under_another_number) {
    begin(lines(1, 10));
    auto id = log("app.log").id;
    mount_again();
    write("app.log", lines(11, 12));
    BOOST_TEST(look().starts_with("app.log: remains"));
    BOOST_TEST(losses() == "");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
    BOOST_TEST(log("app.log").id == id);
    BOOST_TEST(look() == "app.log: same_log");
}

BOOST_AUTO_TEST_CASE(where_numbers_last_another_number_is_another_log) {
    mount(true);
    begin(lines(1, 10));
    mount_again();
    look();
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_not_cut_is_still_to_be_cut) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 4).size());
    mount_again();
    look();
    BOOST_TEST(losses() == "");
    BOOST_TEST(log("app.log").position == lines(1, 4).size());
}

BOOST_AUTO_TEST_CASE(too_little_to_prove_it_is_read_again) {
    begin("a banner\n");
    mount_again();
    look();
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(a_log_that_only_begins_alike_is_another) {
    begin(lines(1, 10));
    mount_again();
    disk.find("app.log")->data = lines(1, 9) + lines(21, 29);
    look();
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(rotated_meanwhile_each_is_continued) {
    begin(lines(1, 10));
    auto id = log("app.log").id;
    mount_again();
    disk.rename("app.log", "app.log.1");
    write("app.log", lines(11, 19));
    BOOST_TEST(look().starts_with("app.log: new_log, app.log.1: remains"));
    BOOST_TEST(log("app.log.1").id == id);
    BOOST_TEST(log("app.log.1").position == lines(1, 10).size());
    BOOST_TEST(losses() == "");
}

// Numbers made from names (rclone): after a rotation the new log has the number of the old one.
BOOST_AUTO_TEST_CASE(numbers_that_belong_to_names) {
    begin(lines(1, 10));
    disk.rename("app.log", "app.log.1");
    write("app.log", lines(11, 19));
    auto& live = disk.find("app.log")->inode;
    live = std::exchange(disk.find("app.log.1")->inode, live);
    std::swap(disk.find("app.log")->born, disk.find("app.log.1")->born);
    look();
    BOOST_TEST(losses() == "");
    look();
    BOOST_TEST(log("app.log.1").position == lines(1, 10).size());
    BOOST_TEST(log("app.log").position == 0u);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_decides_nothing) {
    begin(lines(1, 10));
    mount_again();
    unreadable.insert("app.log");
    look();
    BOOST_TEST(losses() == "");
    unreadable.clear();
    BOOST_TEST(look().starts_with("app.log: remains"));
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
}

BOOST_AUTO_TEST_SUITE_END()
