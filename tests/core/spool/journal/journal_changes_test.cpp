#include "core/spool/journal/journal_fixture.hpp"
#include "sqlite/database.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using namespace kustodrop::test;

BOOST_FIXTURE_TEST_SUITE(journal_changes_, keeping)

BOOST_AUTO_TEST_CASE(a_renamed_watch_takes_along_what_is_not_done_with) {
    open();
    book->record(a_source(1));
    book->record(retired(2, outcome::failed));
    book->record(retired(3, outcome::succeeded));
    book->record_kept({"web", "k.csv", {}, id_of(4), outcome::succeeded});
    book->rename_watch("web", "site");
    settle();
    reopen();
    for (auto& row : find()) {
        bool stays = row.source.id == id_of(3);
        BOOST_TEST(row.source.watch == (stays ? "web" : "site"));
    }
    BOOST_TEST(book->kept("web")->empty());
    BOOST_REQUIRE(book->kept("site")->size() == 1u);
    BOOST_TEST(book->kept("site")->front().name == "k.csv");
}

BOOST_AUTO_TEST_CASE(what_a_watch_shipped_under_a_former_name_is_found_until_another_has_that_name
) {
    open();
    book->record(retired(3, outcome::succeeded));
    book->rename_watch("web", "site");
    book->rename_watch("site", "pages");
    settle();
    auto under = [this](const char* name) {
        journal_query of_watch;
        of_watch.watch = name;
        return find(of_watch).size();
    };
    BOOST_TEST(under("pages") == 1u);
    BOOST_TEST(under("web") == 1u);
    BOOST_TEST(under("other") == 0u);
    book->record_folder({"web", "/srv/another", 1, 2});
    settle();
    BOOST_TEST(under("pages") == 0u);
    BOOST_TEST(under("web") == 1u);
}

BOOST_AUTO_TEST_CASE(names_of_watches_follow_each_other_in_the_order_of_the_changes) {
    open();
    book->record(a_source(1));
    book->rename_watch("web", "site");
    book->rename_watch("site", "web");
    book->rename_watch("web", "site");
    settle();
    BOOST_TEST(find().front().source.watch == "site");
}

BOOST_AUTO_TEST_CASE(a_record_that_is_refused_does_not_keep_the_others_out_nor_set_the_journal_aside
) {
    open();
    close();
    {
        sqlite::database db(path, sqlite::access::read_and_write);
        db.run(
            "CREATE TRIGGER poison BEFORE INSERT ON slices WHEN NEW.name = CAST('bad' AS BLOB)"
            " BEGIN SELECT RAISE(ABORT, 'no such name'); END"
        );
    }
    open();
    auto bad = a_source(2);
    bad.slices.front().name = "bad";
    for (int round = 0; round < 2; ++round) {
        book->record(a_source(1 + 10 * round));
        book->record(bad);
        book->record(a_source(3 + 10 * round));
        settle();
    }
    BOOST_TEST(book->healthy());
    BOOST_TEST(find().size() == 4u);
    BOOST_TEST(logged("journal refuses a record"));
    BOOST_TEST(!logged("set aside"));
    reopen();
    BOOST_TEST(book->unretired()->size() == 4u);
    // What the transaction that was undone had written was written again.
    for (auto& one : *book->unretired()) BOOST_TEST(one.slices.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
