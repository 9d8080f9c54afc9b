// Logs that shred(1) overwrites: what it writes is never read.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

std::string random_bytes(std::size_t count) {
    std::mt19937 random(11);
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(random());
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wiped_, book_fixture)

BOOST_AUTO_TEST_CASE(what_was_not_read_of_a_wiped_log_is_lost_and_what_wiped_it_is_not_read) {
    for (std::string name : {"app.log", "app.log.1"}) {
        disk = modelled_disk();
        book = log_book(scaled());
        write("app.log", lines(1, 10));
        look();
        cut("app.log", lines(1, 6).size());
        if (name != "app.log") disk.rename("app.log", name);
        disk.find(name)->data = random_bytes(4096);
        BOOST_TEST(look() == name + ": wiped");
        BOOST_TEST(losses() == "overwritten_unread 84-141");
        disk.find(name)->data = random_bytes(8192).substr(4096);
        BOOST_TEST(look() == name + ": wiped");
        restart();
        BOOST_TEST(look() == name + ": wiped");
        BOOST_TEST(losses() == "");
        disk.unlink(name);
        BOOST_TEST(look() == "");
        BOOST_TEST(losses() == "");
        for (auto& [number, log] : book.logs()) {
            BOOST_TEST((log.phase == log_phase::ended));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_log_that_is_written_after_that_is_read) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data = random_bytes(4096);
    BOOST_TEST(look() == "app.log: wiped");
    disk.find("app.log")->data = lines(21, 40);
    look();
    BOOST_TEST(log("app.log").position == 0u);
    BOOST_TEST(log("app.log").life > 0u);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(so_it_is_where_only_the_beginning_is_wiped_yet) {
    write("app.log", lines(1, 400));
    look();
    cut("app.log", lines(1, 6).size());
    auto& data = disk.find("app.log")->data;
    data.replace(0, 4096, random_bytes(4096));
    BOOST_TEST(look() == "app.log: wiped");
    BOOST_TEST(losses() == "overwritten_unread 84-" + std::to_string(data.size()));
}

BOOST_AUTO_TEST_CASE(the_compressed_copy_of_a_wiped_log_is_read_on) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    disk.rename("app.log", "app.log.1");
    disk.create("app.log.1.gz", true)->data = lines(1, 10);
    disk.find("app.log.1")->data = random_bytes(4096);
    look();
    BOOST_TEST(losses() == "");
    BOOST_TEST(log("app.log.1.gz").position == lines(1, 6).size());
}

BOOST_AUTO_TEST_CASE(a_log_that_begins_so_is_read_if_nothing_else_was_there) {
    write("app.log", random_bytes(4096));
    BOOST_TEST(look() == "app.log: new_log");
}

// logrotate's shred, with rotations each second.
BOOST_AUTO_TEST_CASE(what_is_destroyed_before_it_is_decided_what_it_is_is_lost_and_counted) {
    for (bool overwritten : {false, true}) {
        disk = modelled_disk();
        book = log_book(scaled());
        held.clear();
        write("app.log", lines(1, 10));
        look();
        // Smaller: nothing is decided about its family.
        disk.find("app.log")->data.clear();
        write("app.log.1", lines(21, 30));
        BOOST_TEST(look() == "app.log: shrink_doubted, app.log.1: undecided");
        disk.find("app.log.1")->data = overwritten ? random_bytes(4096) : "";
        look();
        auto lost = std::string(overwritten ? "overwritten_unread" : "truncated_unread") + " 0-" +
                    std::to_string(lines(21, 30).size());
        BOOST_TEST(losses().find(lost) != std::string::npos);
        look();
        BOOST_TEST(losses() == "");
    }
}

BOOST_AUTO_TEST_CASE(what_grows_before_it_is_decided_what_it_is_is_read) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.find("app.log")->data.clear();
    write("app.log.1", lines(21, 30));
    look();
    write("app.log.1", lines(31, 32));
    look();
    BOOST_TEST(losses() == "");
    BOOST_TEST(log("app.log.1").position == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
