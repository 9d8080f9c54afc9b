// What a book does with files that cannot be read or vanish, and what it keeps.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(book_bounds_, book_fixture)

// ---- What cannot be read.

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_neither_truncated_nor_decided) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.copy("app.log", "app.log.1", false);
    unreadable = {"app.log"};
    BOOST_TEST(look() == "app.log: undecided, app.log.1: undecided");
    unreadable = {"app.log.1"};
    BOOST_TEST(look() == "app.log: same_log, app.log.1: undecided");
    unreadable = {};
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
}

// ---- Gone, and back.

BOOST_AUTO_TEST_CASE(a_removed_log_has_lost_what_was_not_cut) {  // C2, F2
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 4).size());
    disk.unlink("app.log");
    look();
    BOOST_TEST(losses() == "deleted_unread 56-141");
    BOOST_TEST(look() == "");
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(a_held_log_is_not_removed) {
    write("app.log", lines(1, 10));
    look();
    hold("app.log");
    disk.unlink("app.log");
    BOOST_TEST(look() == ": same_log");
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_comes_back_goes_on) {
    write("app.log", lines(1, 10));
    write("app.log.1", lines(31, 40));
    look();
    cut("app.log");
    auto number = log("app.log").number;
    auto file = disk.find("app.log");
    disk.hold(file);
    disk.rename("app.log", "elsewhere");
    modelled_content content;
    content.files = {disk.find("app.log.1")};
    book.look({sighting_of("app.log.1", *content.files[0])}, content, now += 10s);
    disk.rename("elsewhere", "app.log");
    write("app.log", lines(11, 12));
    look();
    BOOST_TEST(log("app.log").number == number);
    BOOST_TEST(log("app.log").position == lines(1, 10).size());
}

// ---- Bounds, and what is kept.

BOOST_AUTO_TEST_CASE(the_book_forgets_what_has_ended_and_left_nothing) {  // A6, A14, G9
    for (int i = 0; i < 1000; ++i) {
        write("app.log", lines(i, i + 3));
        look();
        cut("app.log");
        disk.unlink("app.log");
        look();
    }
    BOOST_TEST(book.logs().size() == options.max_ended);
    look(24h);
    BOOST_TEST(book.logs().empty());
}

BOOST_AUTO_TEST_CASE(of_families_that_are_absent_only_so_many_logs_are_kept) {
    options.max_alone = 3;
    book = log_book(options);
    for (int i = 0; i < 10; ++i) {
        auto name = "pod" + std::to_string(i) + "/app.log";
        write(name, lines(10 * i, 10 * i + 5));
        look();
        cut(name);
        disk.unlink(name);
    }
    look();
    BOOST_TEST(book.logs().size() == 3u);
}

BOOST_AUTO_TEST_CASE(of_a_family_only_so_many_ended_logs_are_kept) {
    options.max_ended = 3;
    book = log_book(options);
    write("app.log.1", lines(900, 910));
    for (int i = 0; i < 10; ++i) {
        write("app.log", lines(i * 10, i * 10 + 9));
        look();
        cut("app.log");
        disk.unlink("app.log");
        look();
    }
    BOOST_TEST(book.logs().size() == 4u);
}

BOOST_AUTO_TEST_CASE(copies_go_with_their_files) {
    write("app.log", lines(1, 10));
    look();
    disk.copy("app.log", "app.log.1", false);
    look();
    BOOST_TEST(book.logs().size() == 2u);
    disk.unlink("app.log.1");
    look();
    BOOST_TEST(book.logs().size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_what_has_changed_is_written) {
    write("app.log", lines(1, 10));
    look();
    BOOST_TEST(book.changes().written.size() == 1u);
    BOOST_TEST(book.changes().written.empty());
    look();
    BOOST_TEST(book.changes().written.empty());
    cut("app.log");
    auto changed = book.changes();
    BOOST_TEST(changed.written.size() == 1u);
    BOOST_TEST(changed.written[0].position == lines(1, 10).size());
    disk.unlink("app.log");
    look();
    BOOST_TEST(book.changes().written.size() == 1u);
    look(24h);
    BOOST_TEST(book.changes().forgotten.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_restored_book_is_not_at_its_first_start) {
    restart();
    write("app.log", lines(31, 40));
    write("app.log.1", lines(1, 10));
    BOOST_TEST(look() == "app.log: new_log, app.log.1: unseen");
    BOOST_TEST(log("app.log").number > 1000u);
}

// ---- One log alone.

BOOST_AUTO_TEST_CASE(a_look_at_one_log_sees_growth_and_leaves_everything_else_to_the_next_look) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    auto number = log("app.log").number;
    modelled_content content;
    content.files = {disk.find("app.log")};
    auto& data = content.files[0]->data;
    auto alone = [&] {
        return book.look_at(number, sighting_of("app.log", *content.files[0]), content);
    };
    BOOST_TEST(alone());
    data += lines(11, 12);
    BOOST_TEST(alone());
    BOOST_TEST(book.find(number)->size_seen() == lines(1, 12).size());
    content.unreadable = {0};
    BOOST_TEST(!alone());
    content.unreadable = {};
    data = lines(41, 60);
    BOOST_TEST(!alone());
    BOOST_TEST(book.find(number)->size_seen() == lines(1, 12).size());
    content.files[0] = std::make_shared<modelled_file>();
    BOOST_TEST(!alone());
    BOOST_TEST(!book.look_at(99, sighting_of("app.log", *content.files[0]), content));
}

BOOST_AUTO_TEST_CASE(a_log_that_was_read_to_its_end_ends_without_a_loss) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    book.end(log("app.log").number);
    disk.unlink("app.log");
    BOOST_TEST(look() == "");
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_SUITE_END()
