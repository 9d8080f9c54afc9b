// Journals as released versions wrote them are opened by today's code, and nothing is lost.
#include "core/spool/journal/journal_fixture.hpp"
#include "core/spool/journal/old_journals.hpp"
#include "sqlite/database.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct upgrading : test::keeping {
    void write_old(const char* schema, const char* rows) const {
        sqlite::database db(path, sqlite::access::read_and_write);
        db.run(schema);
        db.run(rows);
    }
    std::vector<source> unretired() {
        auto all = book->unretired().value();
        std::ranges::sort(all, {}, &source::id);
        return all;
    }
    void check_first_release_rows() {
        auto all = unretired();
        BOOST_REQUIRE(all.size() == 4u);
        BOOST_TEST(name_of(all[0].stage) == "claimed");
        BOOST_TEST(name_of(all[1].stage) == "uploaded");
        BOOST_TEST(name_of(all[2].stage) == "posted");
        BOOST_TEST(name_of(all[3].stage) == "settled");
        BOOST_TEST(all[0].slices.at(0).name == "a.csv");
        BOOST_TEST(all[0].slices.at(0).identity.modified_ns == 111);
        BOOST_TEST(all[0].attempts == 2u);
        BOOST_TEST(all[0].begun == 0u);
        BOOST_TEST(blob_of(all[1].stage)->name == "b.csv.gz");
        BOOST_TEST(all[2].posts == 1u);
        BOOST_TEST(outcome_of(all[3].stage)->code == "Stream_Bad");
        auto kept = book->kept("web").value();
        BOOST_REQUIRE(kept.size() == 1u);
        BOOST_TEST(kept[0].name == "kept.csv");
        BOOST_TEST(kept[0].identity.born_ns == 0);
        journal_query retired;
        retired.outcome = outcome::succeeded;
        BOOST_TEST(found_ids(retired).size() == 1u);
        journal_query of_watch;
        of_watch.watch = "web";
        BOOST_TEST(found_ids(of_watch).size() == 5u);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_upgrade_, upgrading)

BOOST_AUTO_TEST_CASE(schema_1_is_brought_up_with_nothing_lost) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    open();
    check_first_release_rows();
    reopen();
    check_first_release_rows();
    BOOST_TEST(!std::filesystem::exists(path + ".corrupt-"));
}

BOOST_AUTO_TEST_CASE(schema_2_is_brought_up_with_what_was_heard) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    write_old(test::journal_steps_to_2, test::journal_rows_2);
    open();
    check_first_release_rows();
    auto reloaded = unretired()[2];
    BOOST_REQUIRE(reloaded.failure_keys.size() == 2u);
    BOOST_TEST(reloaded.failure_keys[1] == "k2");
    BOOST_TEST(reloaded.last_failure->code == "Download_Forbidden");
    BOOST_TEST(reloaded.posts_before_failure == 1u);
    BOOST_TEST(reloaded.last_post_at.time_since_epoch().count() == 5'000'000);
}

BOOST_AUTO_TEST_CASE(schema_3_is_brought_up_with_slices_of_unknown_checks) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    write_old(test::journal_steps_to_2, test::journal_rows_2);
    write_old(test::journal_steps_to_3, "");
    open();
    check_first_release_rows();
    BOOST_TEST(unretired()[0].slices.at(0).start_check == 0u);
    BOOST_TEST(unretired()[0].slices.at(0).end_check == 0u);
}

BOOST_AUTO_TEST_CASE(schema_3_is_brought_up_and_knows_from_then_on_where_posts_are_reported) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    write_old(test::journal_steps_to_2, test::journal_steps_to_3);
    open();
    check_first_release_rows();
    auto what = unretired()[2];
    BOOST_TEST(!what.reported.any());
    what.reported = {true, true};
    book->record(what);
    settle();
    reopen();
    BOOST_TEST((unretired()[2].reported == report_places{true, true}));
}

BOOST_AUTO_TEST_CASE(schema_3_is_brought_up_and_knows_from_then_on_the_posts_by_rest) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    write_old(test::journal_steps_to_2, test::journal_steps_to_3);
    open();
    check_first_release_rows();
    auto what = unretired()[2];
    BOOST_TEST(what.rest_posts.empty());
    what.reported.in_operation = true;
    what.rest_posts = {{"Logs", "Web", ""}, {"Logs", "Web", "1;2;a/b c"}};
    book->record(what);
    settle();
    reopen();
    auto reloaded = unretired()[2];
    BOOST_TEST((reloaded.reported == report_places{false, false, true}));
    BOOST_TEST((reloaded.rest_posts == what.rest_posts));
}

BOOST_AUTO_TEST_CASE(schema_3_is_brought_up_with_the_heads_that_were_left_out) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    write_old(test::journal_steps_to_2, test::journal_rows_2);
    write_old(test::journal_steps_to_3, test::journal_rows_3);
    open();
    check_first_release_rows();
    auto joined = unretired()[0];
    BOOST_TEST_REQUIRE(joined.slices.size() == 2u);
    BOOST_TEST(joined.slices[0].head_bytes == 0u);
    BOOST_TEST(joined.slices[1].offset == 4u);
    BOOST_TEST(joined.slices[1].head_bytes == 4u);
    auto rest = unretired()[1];
    BOOST_TEST(rest.slices[0].offset == 7u);
    BOOST_TEST(rest.slices[0].head_bytes == 0u);  // The rest of a file that had grown.
    BOOST_TEST(book->logs("web").value().empty());
}

BOOST_AUTO_TEST_CASE(an_old_journal_is_read_and_not_changed_by_who_only_reads_it) {
    write_old(test::journal_schema_1, test::journal_rows_1);
    auto before = std::filesystem::last_write_time(path);
    auto rows = read_journal(path, {});
    BOOST_REQUIRE(rows.has_value());
    BOOST_TEST(rows->size() == 5u);
    BOOST_TEST((std::filesystem::last_write_time(path) == before));
    open();
    check_first_release_rows();
    check_first_release_rows();
}

BOOST_AUTO_TEST_SUITE_END()
