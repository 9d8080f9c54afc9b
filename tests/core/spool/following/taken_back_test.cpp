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

BOOST_AUTO_TEST_CASE(so_little_that_logs_begin_alike_is_read_again) {
    write("app.log", lines(1, 3) + "half");
    look();
    cut("app.log", lines(1, 3).size());
    disk.find("app.log")->data = lines(1, 3);
    look();
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(so_is_what_is_truncated_below_the_position) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = lines(1, 9);
    look();
    BOOST_TEST(look(1s) == "app.log: truncated");
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
