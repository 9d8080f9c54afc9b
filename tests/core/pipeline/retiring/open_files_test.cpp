#include "core/pipeline/retiring/retiring_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

BOOST_FIXTURE_TEST_SUITE(open_files_, test::retiring)

// A restart has forgotten who had it open; retention finds that it was written.
BOOST_AUTO_TEST_CASE(what_was_written_in_the_archive_while_no_one_looked_is_a_source_of_its_own) {
    begin();
    settle(claim("a.csv", "1,2\n"));
    auto place = archived("a.csv");
    files.append(place, "3,4\n");
    for (int i = 0; i < 70; ++i) pass(1s);
    BOOST_TEST(claimed().empty());
    look_into(place);
    auto rest = successor();
    BOOST_TEST(rest.location == place);
    BOOST_TEST(rest.offset == 4u);
    // It is on its way: it is not sent twice.
    look_into(place);
    BOOST_TEST(claimed().size() == 1u);
    auto& next = *claimed().front();
    next.slices.front().length_bytes = 4;
    next.slices.front().identity = files.identity(place);
    settle(next);
    BOOST_TEST(claimed().empty());
    BOOST_TEST(moves->looked_into().empty());
    look_into(place);
    BOOST_TEST(claimed().empty());
    BOOST_TEST(moves->looked_into().contains(place));
}

// FAT, CIFS, FUSE: the next look finds another number, and the file is the same all the same.
BOOST_AUTO_TEST_CASE(where_inode_numbers_do_not_last_a_file_is_known_by_its_place) {
    begin();
    auto& what = claim("a.csv", "1,2\n");
    what.slices.front().identity.inode = 0;
    files.append(what.slices.front().location, "3,4\n");
    settle(what);
    auto rest = successor();
    BOOST_TEST(rest.offset == 4u);
    BOOST_TEST(rest.identity.inode == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_rewritten_in_the_archive_is_shipped_whole) {
    begin();
    settle(claim("a.csv", "1,2\n"));
    files.write(archived("a.csv"), "9,9\n8,8\n");
    look_into(archived("a.csv"));
    BOOST_TEST(successor().offset == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_archive_that_the_journal_does_not_know_is_not_shipped) {
    begin();
    settle(claim("a.csv", "1,2\n"));
    files.write(archived("b.csv"), "9,9\n");
    look_into(archived("b.csv"));
    BOOST_TEST(claimed().empty());
    BOOST_TEST(has_said("the journal does not know what was shipped of it"));
    BOOST_TEST(moves->looked_into().contains(archived("b.csv")));
}

BOOST_AUTO_TEST_CASE(what_a_writer_adds_to_a_file_in_quarantine_is_sent_with_it) {
    begin();
    auto& what = claim("a.csv", "1,\"2");
    auto writer = writer_of(what.slices.front().location);
    settle(what, spool::outcome::failed);
    auto place = std::string(spool::quarantine_folder) + "/a.csv";
    BOOST_TEST(files.has(place));
    for (int i = 0; i < 70; ++i) pass(1s);
    BOOST_TEST(claimed().empty());
    write(writer, "\"\n");
    for (int i = 0; i < 70; ++i) pass(1s);
    auto again = successor();
    BOOST_TEST(again.offset == 0u);
    BOOST_TEST(files.has(again.location));
    BOOST_TEST(!files.has(place));
    BOOST_TEST(!files.has(place + ".error.json"));
    BOOST_TEST(has_said("has grown from 4 to 6 bytes"));
}

BOOST_AUTO_TEST_SUITE_END()
