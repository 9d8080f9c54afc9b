#include "core/pipeline/retiring/retiring_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

BOOST_FIXTURE_TEST_SUITE(retirer_, test::retiring)

BOOST_AUTO_TEST_CASE(a_file_goes_where_its_outcome_sends_it) {
    begin();
    settle(claim("a.csv", "1,2\n"));
    BOOST_TEST(files.has(archived("a.csv")));
    settle(claim("b.csv", "1,2\n"), spool::outcome::failed);
    BOOST_TEST(files.has(std::string(spool::quarantine_folder) + "/b.csv"));
    BOOST_TEST(claimed().empty());
    watch->options.on_success = success_action::delete_;
    settle(claim("c.csv", "1,2\n"));
    BOOST_TEST(claimed().empty());
    watch->options.on_success = success_action::keep;
    settle(claim("d.csv", "1,2\n"));
    BOOST_TEST(files.has("d.csv"));
    settle_files();
    BOOST_TEST(claimed().empty());
}

BOOST_AUTO_TEST_CASE(what_was_added_before_the_move_is_a_source_of_its_own) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    files.append(what.slices.front().location, "3,4\n");
    settle(what);
    auto rest = successor();
    BOOST_TEST(rest.offset == 4u);
    BOOST_TEST(rest.has_rest());
    BOOST_TEST(files.has(rest.location));
}

BOOST_AUTO_TEST_CASE(what_a_writer_adds_after_the_archive_is_a_source_of_its_own) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    auto writer = writer_of(what.slices.front().location);
    settle(what);
    BOOST_TEST(files.has(archived("a.csv")));
    BOOST_TEST(claimed().empty());
    for (int i = 0; i < 30; ++i) pass(1s);
    write(writer, "3,4\n");
    for (int i = 0; i < 70; ++i) pass(1s);
    auto rest = successor();
    BOOST_TEST(rest.location == archived("a.csv"));
    BOOST_TEST(rest.offset == 4u);
    // It stays in the archive when its outcome is known, and its writer is still observed.
    auto& next = *claimed().front();
    next.slices.front().length_bytes = 4;
    next.slices.front().identity = files.identity(archived("a.csv"));
    settle(next);
    BOOST_TEST(claimed().empty());
    BOOST_TEST(files.has(archived("a.csv")));
    write(writer, "5,6\n");
    for (int i = 0; i < 70; ++i) pass(1s);
    BOOST_TEST(successor().offset == 8u);
}

BOOST_AUTO_TEST_CASE(a_file_is_not_deleted_while_a_writer_has_it_open) {
    begin();
    watch->options.on_success = success_action::delete_;
    auto& what = claim("a.csv", "1,2\n");
    auto location = what.slices.front().location;
    auto writer = std::make_unique<spool::descriptor>(writer_of(location));
    settle(what);
    settle_files();
    BOOST_TEST(files.has(location));
    write(*writer, "3,4\n");
    settle_files();
    auto rest = successor();
    BOOST_TEST(rest.offset == 4u);
    auto& next = *claimed().front();
    next.slices.front().length_bytes = 4;
    next.slices.front().identity = files.identity(location);
    settle(next);
    settle_files();
    BOOST_TEST(files.has(location));
    writer.reset();
    settle_files();
    BOOST_TEST(!files.has(location));
    BOOST_TEST(claimed().empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_truncated_and_written_longer_is_shipped_whole) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    files.write(what.slices.front().location, "9,9\n8,8\n");
    settle(what);
    BOOST_TEST(successor().offset == 0u);
}

// Both that it is posted and that it has succeeded moves the file; growth has one successor.
BOOST_AUTO_TEST_CASE(growth_is_followed_once_where_files_are_archived_when_posted) {
    begin();
    watch->options.act_after = act_time::posted;
    auto& what = claim("a.csv", "1,2\n");
    files.append(what.slices.front().location, "3,4\n");
    post(what);
    BOOST_TEST(claimed().size() == 1u);
    settle(what);
    BOOST_TEST(successor().offset == 4u);
}

BOOST_AUTO_TEST_CASE(growth_in_the_archive_is_seen_when_the_outcome_is_known) {
    begin();
    watch->options.act_after = act_time::posted;
    auto& what = claim("a.csv", "1,2\n");
    auto writer = writer_of(what.slices.front().location);
    post(what);
    BOOST_TEST(files.has(archived("a.csv")));
    write(writer, "3,4\n");
    settle(what);
    auto rest = successor();
    BOOST_TEST(rest.offset == 4u);
    BOOST_TEST(rest.location == archived("a.csv"));
}

BOOST_AUTO_TEST_CASE(a_successor_is_recorded_with_the_end_of_what_it_follows) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    auto id = what.id;
    files.append(what.slices.front().location, "3,4\n");
    settle(what);
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    auto unretired = journal->unretired().value();
    BOOST_TEST_REQUIRE(unretired.size() == 1u);
    BOOST_TEST(unretired.front().id != id);
    BOOST_TEST(unretired.front().slices.front().start_check != 0u);
}

BOOST_AUTO_TEST_CASE(a_new_version_that_is_longer_and_has_the_same_middle_is_no_growth) {
    begin();
    std::string same;
    while (same.size() < 3000) same += "7,8\n";
    auto& what = claim("a.csv", "1,2\n" + same);
    files.write(what.slices.front().location, "3,4\n" + same + "9,9\n");
    settle(what);
    BOOST_TEST(successor().offset == 0u);
}

BOOST_AUTO_TEST_CASE(the_outcome_says_by_how_much_a_file_has_grown) {
    begin();
    auto& what = claim("a.csv", "1,\"2");
    auto id = what.id;
    files.append(what.slices.front().location, "\"\n");
    settle(what, spool::outcome::failed);
    BOOST_TEST(details_of(id).find("has grown from 4 to 6 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_explanation_says_which_slices_had_succeeded) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    auto first = what.id;
    files.append(what.slices.front().location, "3,\n");
    settle(what);
    auto& next = *claimed().front();
    next.slices.front().length_bytes = 3;
    next.slices.front().identity = files.identity(next.slices.front().location);
    settle(next, spool::outcome::failed);
    auto why = files.read(std::string(spool::quarantine_folder) + "/a.csv.error.json");
    auto line = "{\"offset\": 0, \"bytes\": 4, \"outcome\": \"succeeded\", \"source_id\": \"" +
                first + "\"}";
    BOOST_TEST(why.find(line) != std::string::npos, why);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_moved_holds_up_no_other) {
    options.recursive = true;
    begin();
    files.make_folder("sub");
    auto& stuck = claim("sub/a.csv", "1,2\n");
    auto place = stuck.slices.front().location;
    // Both of its places in the archive are beneath what is not a folder.
    files.make_folder(archived("."));
    files.write(archived("sub"), "");
    files.write(archived(stuck.id), "");
    auto obstacle = archived(stuck.id);
    settle(stuck);
    BOOST_TEST(files.has(place));
    BOOST_TEST(has_said("cannot move a file"));
    BOOST_TEST_REQUIRE(moves->unmoved().has_value());
    BOOST_TEST(moves->unmoved()->code == "move_refused");
    BOOST_TEST(moves->unmoved()->files == 1u);
    BOOST_TEST(moves->unmoved()->example == "sub/a.csv");
    for (auto name : {"b.csv", "c.csv"}) {
        files.write(name, "1,2\n");
        settle_files();
        for (auto* one : claimed()) {
            if (one->slices.front().name == name) settle(*one);
        }
        BOOST_TEST(files.has(archived(name)));
    }
    BOOST_TEST(files.has(place));
    BOOST_TEST(moves->unmoved().has_value());
    std::filesystem::remove(files.path(obstacle));
    for (int i = 0; i < 10; ++i) pass(1s);
    BOOST_TEST(!files.has(place));
    BOOST_TEST(claimed().empty());
    BOOST_TEST(has_said("files can be moved again"));
    BOOST_TEST(!moves->unmoved().has_value());
}

BOOST_AUTO_TEST_CASE(what_failed_is_sent_again_with_what_was_added) {
    begin();
    auto& what = claim("a.csv", "1,\"2");
    files.append(what.slices.front().location, "\"\n");
    settle(what, spool::outcome::failed);
    BOOST_TEST(successor().offset == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_failed_file_evidently_is_stands_beside_it_and_in_the_record) {
    begin();
    auto& what = claim("report.csv", "%PDF-1.7\n");
    auto id = what.id;
    settle(what, spool::outcome::failed);
    auto note = "the format is csv, but the file is a PDF; the service reads none";
    BOOST_TEST(details_of(id) == note);
    auto beside = files.read(".kustodrop/quarantine/report.csv.error.json");
    BOOST_TEST(beside.find(note) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_guessed_of_text_that_failed_or_of_what_arrived) {
    begin();
    auto& text = claim("a.csv", "1,x\n");
    auto failed = text.id;
    settle(text, spool::outcome::failed);
    BOOST_TEST(details_of(failed) == "");
    auto& page = claim("b.csv", "<html>\n");
    auto arrived = page.id;
    settle(page);
    BOOST_TEST(details_of(arrived) == "");
}

BOOST_AUTO_TEST_SUITE_END()
