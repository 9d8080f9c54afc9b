// The rows of docs/following.md §1 about known files and live names, and the bugs of §4.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(log_book_, book_fixture)

// ---- A known file.

BOOST_AUTO_TEST_CASE(a_log_that_grows_is_the_same_log) {
    write("app.log", lines(1, 10));
    BOOST_TEST(look() == "app.log: new_log");
    cut("app.log");
    write("app.log", lines(11, 20));
    BOOST_TEST(look() == "app.log: same_log");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
    BOOST_TEST(log("app.log").size_seen() == lines(1, 20).size());
}

BOOST_AUTO_TEST_CASE(a_renamed_log_is_the_same_log_and_its_name_begins_another) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 5).size());
    auto before = log("app.log");
    disk.rename("app.log", "app.log.1");
    write("app.log", lines(21, 22));
    BOOST_TEST(look() == "app.log: new_log, app.log.1: same_log");
    BOOST_TEST(log("app.log.1").number == before.number);
    BOOST_TEST(log("app.log.1").position == before.position);
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(a_known_file_is_followed_whatever_its_name) {  // I7: kubelet's ".tmp".
    write("app.log", lines(1, 10));
    look();
    disk.rename("app.log", "something.tmp");
    BOOST_TEST(look() == "something.tmp: same_log");
}

BOOST_AUTO_TEST_CASE(a_look_between_rename_and_create_loses_nothing) {  // C12
    write("app.log", lines(1, 10));
    look();
    disk.rename("app.log", "app.log.1");
    BOOST_TEST(look() == "app.log.1: same_log");
    write("app.log", lines(11, 12));
    BOOST_TEST(look() == "app.log: new_log, app.log.1: same_log");
}

BOOST_AUTO_TEST_CASE(a_line_written_after_the_rename_belongs_to_the_renamed_log) {  // C14
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    look();
    write("app.log.1", lines(11, 11));
    BOOST_TEST(look() == "app.log.1: same_log");
    BOOST_TEST(log("app.log.1").size_seen() == lines(1, 11).size());
}

BOOST_AUTO_TEST_CASE(a_log_with_two_names_is_one_log) {  // C13
    write("app.log", lines(1, 10));
    look();
    auto file = disk.find("app.log");
    disk.create("app.log.link");
    disk.unlink("app.log.link");
    auto linked = disk.names();
    modelled_content content;
    content.files = {file, file};
    auto two = std::vector{sighting_of("app.log", *file), sighting_of("app.log.link", *file)};
    found = book.look(two, content, now += 10s);
    BOOST_TEST(found.judgements.size() == 1u);
    BOOST_TEST(book.logs().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_found_smaller_twice_has_been_truncated) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 4).size());
    auto before = log("app.log").number;
    disk.find("app.log")->data.clear();
    BOOST_TEST(look() == "app.log: shrink_doubted");
    BOOST_TEST(losses() == "");
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(losses() == "truncated_unread 56-141");
    BOOST_TEST(log("app.log").number != before);
    BOOST_TEST(log("app.log").position == 0u);
    BOOST_TEST(log("app.log").life == 1u);
}

BOOST_AUTO_TEST_CASE(two_looks_too_close_do_not_prove_that_a_log_shrank) {
    write("app.log", lines(1, 10));
    look();
    disk.find("app.log")->data.clear();
    look();
    BOOST_TEST(look(999ms) == "app.log: shrink_doubted");
    BOOST_TEST(look(1ms) == "app.log: truncated");
}

BOOST_AUTO_TEST_CASE(a_size_that_shrinks_and_comes_back_is_not_a_truncation) {  // D8
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    auto& data = disk.find("app.log")->data;
    auto whole = std::exchange(data, lines(1, 3));
    BOOST_TEST(look() == "app.log: shrink_doubted");
    data = whole + lines(11, 11);
    BOOST_TEST(look() == "app.log: same_log");
    BOOST_TEST(!log("app.log").doubt.has_value());
    data = lines(1, 3);
    BOOST_TEST(look() == "app.log: shrink_doubted");  // Two looks of its own.
}

BOOST_AUTO_TEST_CASE(a_smaller_log_with_another_beginning_needs_no_second_look) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = lines(30, 34);
    BOOST_TEST(look() == "app.log: truncated");
}

BOOST_AUTO_TEST_CASE(a_log_truncated_and_grown_beyond_its_position_is_noticed) {  // B7, D7
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    disk.find("app.log")->data = lines(31, 50);
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(losses() == "overwritten_unread 84-141");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(so_is_one_with_the_same_beginning) {  // B4, B6
    auto banner = std::string(100, '#') + "\n";
    write("app.log", banner + lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = banner + lines(31, 50);
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(so_is_one_of_which_nothing_was_cut_yet) {
    write("app.log", lines(1, 10));
    look();
    disk.find("app.log")->data = lines(31, 50);
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(losses() == "overwritten_unread 0-141");
}

BOOST_AUTO_TEST_CASE(a_position_beyond_the_end_is_never_waited_for) {  // A5, A8, D1
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    restart();
    disk.find("app.log")->data = lines(1, 2);
    look();
    BOOST_TEST(look() == "app.log: truncated");
    cut("app.log");
    for (int i = 0; i < 3; ++i) {
        restart();
        BOOST_TEST(look() == "app.log: same_log");
        BOOST_TEST(log("app.log").position == lines(1, 2).size());
    }
}

BOOST_AUTO_TEST_CASE(what_was_seen_while_a_size_was_in_doubt_is_lost_with_a_report) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = lines(1, 1).substr(0, 8);
    look();
    disk.find("app.log")->data.clear();
    look(100ms);
    BOOST_TEST(losses() == "truncated_unread 0-8");
    BOOST_TEST(log("app.log").life == 2u);
}

BOOST_AUTO_TEST_CASE(a_doubt_survives_a_restart) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = lines(1, 1).substr(0, 8);
    look();
    restart();
    BOOST_TEST(look() == "app.log: shrink_doubted");  // The time since then is not known.
    disk.find("app.log")->data.clear();
    look(100ms);
    BOOST_TEST(losses() == "truncated_unread 0-8");
}

BOOST_AUTO_TEST_CASE(after_a_power_failure_a_log_goes_on_from_the_last_anchor_that_holds) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    cut("app.log");
    restart("another boot");
    disk.find("app.log")->data = lines(1, 7) + std::string(30, '\0');
    BOOST_TEST(look() == "app.log: cut_short");
    BOOST_TEST(log("app.log").position == lines(1, 6).size());
    BOOST_TEST(log("app.log").life == 1u);
    BOOST_TEST(losses() == "");
    BOOST_TEST(look() == "app.log: same_log");
}

BOOST_AUTO_TEST_CASE(a_power_failure_may_take_only_what_was_not_cut) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    restart("another boot");
    disk.find("app.log")->data = lines(1, 7);
    BOOST_TEST(look() == "app.log: cut_short");
    BOOST_TEST(log("app.log").position == lines(1, 6).size());
    BOOST_TEST(losses() == "truncated_unread 98-141");
}

BOOST_AUTO_TEST_CASE(where_no_anchor_holds_after_a_boot_the_log_was_truncated) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    restart("another boot");
    disk.find("app.log")->data = lines(31, 50);
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_boot_nothing_is_cut_short) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    cut("app.log");
    disk.find("app.log")->data = lines(1, 7) + lines(31, 40);
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

// ---- A reused inode.

BOOST_AUTO_TEST_CASE(a_new_file_with_the_inode_of_a_deleted_one_is_another_log) {  // A1 to A3, A9
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 4).size());
    auto inode = disk.find("app.log")->inode;
    disk.unlink("app.log");
    write("app.log", lines(1, 20));
    BOOST_TEST(disk.find("app.log")->inode == inode);
    BOOST_TEST(look().find("app.log: ") == 0u);
    BOOST_TEST(log("app.log").position == 0u);
    BOOST_TEST(losses() == "deleted_unread 56-141");
    auto status = found.judgements.front().status;
    BOOST_TEST((status == log_status::another_file));
}

BOOST_AUTO_TEST_CASE(so_it_is_after_a_restart_and_by_another_name) {  // A2, A10, A13, A15
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    restart();
    disk.unlink("app.log");
    write("app.log.1", lines(40, 60));
    look();
    BOOST_TEST(log("app.log.1").position == 0u);
}

BOOST_AUTO_TEST_CASE(of_two_logs_with_one_inode_the_living_one_is_chosen) {  // A4
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.unlink("app.log");
    write("app.log", lines(41, 50));
    write("app.log.1", lines(61, 70));
    look();
    cut("app.log", lines(41, 42).size());
    BOOST_TEST(look() == "app.log: same_log, app.log.1: same_log");
    BOOST_TEST(log("app.log").position == lines(41, 42).size());
}

BOOST_AUTO_TEST_CASE(without_birth_times_inode_and_content_decide) {
    write("app.log", lines(1, 10));
    disk.find("app.log")->born = 0;
    look();
    cut("app.log");
    disk.unlink("app.log");
    write("app.log", lines(41, 60));
    disk.find("app.log")->born = 0;
    BOOST_TEST(look() == "app.log: truncated");
}

// ---- A live name.

BOOST_AUTO_TEST_CASE(logs_that_begin_alike_are_different_logs) {  // B1, B3, B5
    auto banner = std::string(500, '#') + "\n";
    write("app.log", banner + lines(1, 2));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    write("app.log", banner + lines(1, 2));
    BOOST_TEST(look() == "app.log: new_log, app.log.1: same_log");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(the_smallest_log_is_followed) {  // B2, B8
    write("app.log", "x\n");
    BOOST_TEST(look() == "app.log: new_log");
    cut("app.log");
    BOOST_TEST(log("app.log").position == 2u);
    BOOST_TEST(look() == "app.log: same_log");
}

BOOST_AUTO_TEST_CASE(an_empty_log_is_followed_too) {
    write("app.log", "");
    BOOST_TEST(look() == "app.log: new_log");
    write("app.log", lines(1, 2));
    BOOST_TEST(look() == "app.log: same_log");
}

BOOST_AUTO_TEST_CASE(start_end_leaves_out_what_is_there_at_the_first_start) {
    options.start_at_end = true;
    book = log_book(options);
    write("app.log", lines(1, 10) + "half a li");
    BOOST_TEST(look() == "app.log: from_its_size");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
    disk.rename("app.log", "app.log.1");
    write("app.log", lines(11, 12));
    BOOST_TEST(look() == "app.log: new_log, app.log.1: same_log");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(more_than_max_logs_are_not_followed) {
    options.max_logs = 1;
    book = log_book(options);
    write("app.log", lines(1, 2));
    look();
    write("app.log.1", lines(31, 42));
    BOOST_TEST(look() == "app.log: same_log, app.log.1: too_many");
    disk.unlink("app.log.1");
    disk.unlink("app.log");
    write("app.log", lines(51, 52));
    look();
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
