// The rows of docs/following.md §1 about files under rotated names.
#include "book_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(rotated_files_, book_fixture)

BOOST_AUTO_TEST_CASE(a_copy_of_a_standing_log_is_not_followed) {  // C9, D6
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 4).size());
    disk.copy("app.log", "app.log.1", false);
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
}

BOOST_AUTO_TEST_CASE(a_copy_in_progress_is_judged_again_when_it_grows) {  // E3
    write("app.log", lines(1, 10));
    look();
    disk.copy("app.log", "app.log.1", true);
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
    disk.copy("app.log", "app.log.1", false);
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
    write("app.log.1", "not of app.log\n" + lines(31, 34));
    BOOST_TEST(look() == "app.log: same_log, app.log.1: unseen");
}

BOOST_AUTO_TEST_CASE(after_copytruncate_the_copy_supplies_what_was_not_read) {  // D5, D6
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    auto id = log("app.log").id;
    disk.copy("app.log", "app.log.1", false);
    disk.find("app.log")->data.clear();
    BOOST_TEST(look() == "app.log: shrink_doubted, app.log.1: undecided");
    BOOST_TEST(look() == "app.log: truncated, app.log.1: remains");
    BOOST_TEST(losses() == "");
    BOOST_TEST(log("app.log.1").position == lines(1, 6).size());
    BOOST_TEST(log("app.log.1").id == id);
    BOOST_TEST(log("app.log").position == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_copy_lacks_is_lost) {  // D5
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    disk.copy("app.log", "app.log.1", false);
    look();
    write("app.log", lines(11, 12));
    look();
    disk.find("app.log")->data.clear();
    look();
    BOOST_TEST(look() == "app.log: truncated, app.log.1: remains");
    BOOST_TEST(losses() == "truncated_unread 141-171");
    BOOST_TEST(log("app.log.1").position == lines(1, 6).size());
}

BOOST_AUTO_TEST_CASE(what_vanishes_while_it_was_undecided_is_reported) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.copy("app.log", "app.log.1", false);
    disk.find("app.log")->data.clear();
    look();
    disk.unlink("app.log.1");
    look();
    BOOST_TEST(losses() == "deleted_unread 0-141");
}

BOOST_AUTO_TEST_CASE(a_compressed_copy_of_a_held_log_is_a_copy) {  // E1, E2
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    hold("app.log.1");
    disk.compress("app.log.1");
    BOOST_TEST(look() == ": same_log, app.log.1.gz: copy");
    BOOST_TEST(look() == ": same_log, app.log.1.gz: copy");
}

BOOST_AUTO_TEST_CASE(compressed_remains_continue_a_removed_log) {  // C8, B9
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    restart();
    disk.rename("app.log", "app.log.1");
    disk.compress("app.log.1");
    look();
    BOOST_TEST((found.judgements.back().status == log_status::remains));
    BOOST_TEST(log("app.log.1.gz").position == lines(1, 6).size());
    BOOST_TEST(losses() == "");
    disk.rename("app.log.1.gz", "app.log.2.gz");
    BOOST_TEST(look() == "app.log.2.gz: same_log");
}

BOOST_AUTO_TEST_CASE(remains_that_are_too_short_to_prove_anything_are_read_from_the_start) {
    write("app.log", lines(1, 2));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    disk.compress("app.log.1");
    look();
    BOOST_TEST(log("app.log.1.gz").position == 0u);  // Rather twice than never.
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_short_log_that_was_truncated_is_known_by_all_of_it) {
    write("app.log", lines(1, 2));
    look();
    cut("app.log");
    auto id = log("app.log").id;
    disk.copy("app.log", "app.log.1", false);
    disk.find("app.log")->data.clear();
    look();
    BOOST_TEST(look() == "app.log: truncated, app.log.1: remains");
    BOOST_TEST(log("app.log.1").position == lines(1, 2).size());
    BOOST_TEST(log("app.log.1").id == id);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(so_is_one_of_which_only_the_beginning_was_seen) {
    write("app.log", lines(1, 1));
    look();
    cut("app.log");
    write("app.log", lines(2, 20));
    disk.copy("app.log", "app.log.1", false);
    disk.find("app.log")->data = "another\n";
    look();
    BOOST_TEST(look() == "app.log: truncated, app.log.1: remains");
    BOOST_TEST(log("app.log.1").position == lines(1, 1).size());
}

BOOST_AUTO_TEST_CASE(so_is_one_of_which_nothing_was_cut) {
    write("app.log", lines(1, 2));
    look();
    disk.copy("app.log", "app.log.1", false);
    disk.find("app.log")->data.clear();
    look();
    BOOST_TEST(look() == "app.log: truncated, app.log.1: remains");
    BOOST_TEST(log("app.log.1").position == 0u);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(of_two_lives_that_began_alike_one_copy_goes_on_and_the_other_is_read) {
    write("app.log", lines(1, 2));
    look();
    cut("app.log");
    for (auto name : {"app.log.2", "app.log.1"}) {
        disk.find("app.log")->data = lines(1, 2) + name + "\n";
        disk.copy("app.log", name, false);
    }
    disk.find("app.log")->data.clear();
    look();
    look();
    auto both = log("app.log.1").position + log("app.log.2").position;
    BOOST_TEST(both == lines(1, 2).size());
}

BOOST_AUTO_TEST_CASE(what_is_older_than_a_short_log_or_lacks_a_part_of_it_is_no_copy_of_it) {
    write("app.log.9", "older\n");
    disk.unlink("app.log.9");
    write("app.log", lines(1, 3));
    look();
    cut("app.log", lines(1, 2).size());
    write("app.log.1", lines(1, 9));
    disk.find("app.log.1")->born = disk.find("app.log")->born - 1;
    write("app.log.2", lines(1, 2));
    disk.find("app.log")->data.clear();
    look();
    look();
    BOOST_TEST(log("app.log.1").position == 0u);
    BOOST_TEST(log("app.log.2").position == 0u);
}

BOOST_AUTO_TEST_CASE(a_log_has_one_heir_and_equal_heirs_are_one_and_its_copy) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log", lines(1, 6).size());
    disk.copy("app.log", "app.log.1", false);
    disk.copy("app.log", "app.log.2", false);
    disk.unlink("app.log");
    BOOST_TEST(look().find("app.log.1: remains, app.log.2: copy") != std::string::npos);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_CASE(of_different_candidates_the_one_that_holds_most_is_the_heir) {
    write("app.log", lines(1, 20));
    look();
    cut("app.log", lines(1, 6).size());
    cut("app.log", lines(1, 12).size());
    write("app.log.1", lines(1, 8) + lines(61, 62));
    write("app.log.2", lines(1, 20) + lines(41, 42));
    disk.unlink("app.log");
    look();
    BOOST_TEST(log("app.log.2").position == lines(1, 12).size());
    BOOST_TEST(log("app.log.1").position == 0u);
}

BOOST_AUTO_TEST_CASE(rotated_names_at_the_first_start_are_known_at_their_size) {
    write("app.log", lines(31, 40));
    write("app.log.1", lines(1, 10) + "half");
    BOOST_TEST(look() == "app.log: new_log, app.log.1: from_its_size");
    BOOST_TEST(log("app.log.1").position == lines(1, 10).size());
    write("app.log.1", " a line\n");
    BOOST_TEST(look() == "app.log: same_log, app.log.1: same_log");
}

BOOST_AUTO_TEST_CASE(a_rotated_log_that_was_never_seen_is_read_from_the_start) {  // C5, C7
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.3");
    write("app.log.2", lines(11, 20));
    write("app.log.1", lines(21, 30));
    write("app.log", lines(31, 40));
    BOOST_TEST(
        look() == "app.log: new_log, app.log.1: unseen, app.log.2: unseen, app.log.3: same_log"
    );
    BOOST_TEST(log("app.log.1").position == 0u);
    BOOST_TEST(log("app.log.2").position == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_of_another_family_is_never_remains) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    disk.compress("app.log.1");
    modelled_content content;
    content.files = {disk.find("app.log.1.gz")};
    auto seen = sighting_of("other.log.1.gz", *content.files[0]);
    seen.family = "other.log";
    found = book.look({seen}, content, now += 10s);
    BOOST_TEST((found.judgements.back().status == log_status::unseen));
}

BOOST_AUTO_TEST_CASE(an_empty_rotated_file_is_judged_when_it_holds_something) {
    write("app.log", lines(1, 10));
    look();
    write("app.log.1", "");
    BOOST_TEST(look() == "app.log: same_log, app.log.1: undecided");
    write("app.log.1", lines(1, 3));
    BOOST_TEST(look() == "app.log: same_log, app.log.1: copy");
}

BOOST_AUTO_TEST_CASE(copies_over_older_copies_are_not_read_again) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    for (int first : {11, 31, 51}) {
        if (disk.has("app.log.1")) disk.copy("app.log.1", "app.log.2", false);
        disk.copy("app.log", "app.log.1", false);
        disk.find("app.log")->data = lines(first, first + 11);
        look();
        look();
        BOOST_TEST(losses() == "");
        BOOST_TEST(log("app.log").position == 0u);
        cut("app.log");
        for (auto& [number, one] : book.logs()) {
            if (one.phase != log_phase::followed) continue;
            BOOST_TEST_CONTEXT(one.name) { BOOST_TEST(one.position == one.size_seen()); }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_replaces_an_older_copy_and_is_no_log_is_read) {
    write("app.log", lines(1, 10));
    look();
    cut("app.log");
    disk.rename("app.log", "app.log.1");
    write("app.log", lines(11, 20));
    look();
    auto id = log("app.log.1").id;
    disk.find("app.log.1")->data = "of another program\n" + lines(40, 55);
    BOOST_TEST(look().ends_with("app.log.1: unseen"));
    BOOST_TEST(log("app.log.1").position == 0u);
    cut("app.log.1");
    BOOST_TEST(log("app.log.1").id != id);
    BOOST_TEST(losses() == "");
}

BOOST_AUTO_TEST_SUITE_END()
