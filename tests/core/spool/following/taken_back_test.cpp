// Logs whose ends are taken back: what was cut stands.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(taken_back, book_fixture)

BOOST_AUTO_TEST_CASE(a_log_whose_end_is_taken_back_is_the_same_log) {
    write("app.log", lines(1, 10) + "half");
    look();
    cut("app.log", lines(1, 10).size());
    auto before = log("app.log").number;
    disk.find("app.log")->data = lines(1, 10);
    BOOST_TEST(look() == "app.log: shrink_doubted");
    BOOST_TEST(look(1s) == "app.log: same_log");
    BOOST_TEST(losses() == "truncated_unread 141-145");
    BOOST_TEST(log("app.log").number == before);
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
    write("app.log", lines(11, 12));
    BOOST_TEST(look() == "app.log: same_log");
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(a_log_whose_beginning_is_freed_is_the_same_log) {
    write("app.log", lines(1, 40));
    look();
    cut("app.log", lines(1, 30).size());
    auto before = log("app.log").number;
    disk.find("app.log")->data.replace(0, 200, 200, '\0');
    BOOST_TEST(look() == "app.log: same_log");
    write("app.log", lines(41, 42));
    restart();
    BOOST_TEST(look() == "app.log: same_log");
    BOOST_TEST(log("app.log").number == before);
    BOOST_TEST(log("app.log").position == lines(1, 30).size());
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(one_that_is_freed_up_to_what_was_read_is_not_known_any_more) {
    write("app.log", lines(1, 40));
    look();
    cut("app.log", lines(1, 30).size());
    auto freed = lines(1, 30).size();
    disk.find("app.log")->data.replace(0, freed, freed, '\0');
    BOOST_TEST(look() == "app.log: truncated");
    BOOST_TEST(losses() == "overwritten_unread 441-591");
}

BOOST_AUTO_TEST_CASE(so_little_that_logs_begin_alike_is_read_again) {
    write("app.log", lines(1, 3) + "half");
    look();
    cut("app.log", lines(1, 3).size());
    disk.find("app.log")->data = lines(1, 3);
    look();
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(so_is_what_no_anchor_proves_any_more) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = lines(1, 9);
    look();
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(a_log_that_is_truncated_below_its_position_is_read_from_the_last_anchor_on) {
    write("app.log", lines(1, 20));
    look();
    for (int last : {6, 10, 20}) cut("app.log", lines(1, last).size());
    write("app.log", "half");
    look();
    disk.find("app.log")->data = lines(1, 12);
    BOOST_TEST(look() == "app.log: shrink_doubted");
    BOOST_TEST(look(1s) == "app.log: cut_short");
    BOOST_TEST(losses() == "truncated_unread 291-295");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
    BOOST_TEST(log("app.log").life == 1u);
    write("app.log", lines(13, 14));
    BOOST_TEST(look() == "app.log: same_log");
}

BOOST_AUTO_TEST_CASE(so_it_is_where_it_grows_on_meanwhile) {
    write("app.log", lines(1, 20));
    look();
    for (int last : {6, 10, 20}) cut("app.log", lines(1, last).size());
    disk.find("app.log")->data = lines(1, 12);
    BOOST_TEST(look() == "app.log: shrink_doubted");
    write("app.log", lines(41, 60));
    BOOST_TEST(look(100ms) == "app.log: cut_short");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
}

BOOST_AUTO_TEST_CASE(a_log_that_is_written_from_the_start_and_begins_alike_is_read_from_the_start) {
    write("app.log", lines(1, 20));
    look();
    for (int last : {6, 10, 20}) cut("app.log", lines(1, last).size());
    disk.find("app.log")->data = lines(1, 8) + lines(41, 46);
    look();
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(anchors_inside_a_cut_prove_as_much) {
    write("app.log", lines(1, 20));
    look();
    auto& data = disk.find("app.log")->data;
    auto inside = mark_of(data, lines(1, 10).size(), 32);
    auto head = mark_of(data, data.find('\n') + 1, 64);
    book.cut(log("app.log").number, mark_of(data, data.size(), 32), head, {inside});
    data = lines(1, 12);
    look();
    BOOST_TEST(look(1s) == "app.log: cut_short");
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
}

BOOST_AUTO_TEST_SUITE_END()
