// A journal of a million rows: every question reads about as many rows as it returns.
#include "spool/journal/journal_pages.hpp"
#include "spool/journal/journal_store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/statement.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sqlite3.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

// A row in a million is failed, one in 100 000 of the watch "rare"; ten of the last are not
// retired.
constexpr auto million = R"sql(
    PRAGMA synchronous = OFF;
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -65536;
    BEGIN;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    INSERT INTO sources (id, watch, target, stage, claimed_at, changed_at, attempts, posts,
        ambiguous_posts, outcome, begun)
        SELECT printf('%08x-0000-4000-8000-000000000000', i),
            CASE WHEN i % 100000 = 7 THEN 'rare' ELSE 'web' END, 'Logs.Web',
            CASE WHEN i > 999990 THEN 'claimed' ELSE 'retired' END, i * 1000, i * 1000, 1, 1, 0,
            CASE WHEN i > 999990 THEN NULL WHEN i = 77 THEN 'failed' ELSE 'succeeded' END, 0
        FROM n;
    INSERT INTO slices (source_id, position, name, location, offset, length_bytes, device, inode,
        size_bytes, modified_ns, changed_ns)
        SELECT id, 0, x'61', x'61', 0, 1, 1, 1, 1, 1, 1 FROM sources;
    COMMIT;
)sql";

std::string one_path(const test::temp_folder& files) {
    auto path = files.path("journal.db");
    auto fresh = journal_store::open(path, store_access::unsynced);
    BOOST_REQUIRE(fresh.has_value());
    fresh->reset();
    sqlite::database db(path, sqlite::access::read_and_write);
    db.run(million);
    return path;
}

// Generated once for all that is asked here.
struct big {
    static const std::string& path() {
        static test::temp_folder files;
        static const std::string made = one_path(files);
        return made;
    }
    sqlite::database db{path(), sqlite::access::read_only};
    long steps = 0;

    big() {
        auto count = [](void* self) {
            ++static_cast<big*>(self)->steps;
            return 0;
        };
        sqlite3_progress_handler(db.handle(), 100, count, this);
    }

    std::string plan_of(const std::string& sql) const {
        sqlite::statement rows(db, "EXPLAIN QUERY PLAN " + sql);
        std::string plan;
        while (rows.step()) plan += rows.bytes(3) + "\n";
        return plan;
    }
};

// Hundreds of SQLite's steps for a thousand rows: a scan of all of them takes a hundred thousand.
constexpr long few_hundred_steps = 1000;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_size_, big)

BOOST_AUTO_TEST_CASE(no_question_scans_the_table) {
    journal_query since;
    journal_query failed;
    failed.outcome = outcome::failed;
    journal_query of_watch;
    of_watch.watch = "rare";
    journal_query both = failed;
    both.watch = "web";
    journal_query one;
    one.source_id = "x";
    std::pair<std::string, std::string> wanted[] = {
        {page_sql(since), "sources_changed_at"},
        {page_sql(failed), "sources_outcome (outcome=?"},
        {page_sql(of_watch), "sources_watch (watch=?"},
        {page_sql(both), "sources_outcome (outcome=?"},
        {page_sql(one), "(id=?)"},
        {page_sql(of_watch, true), "sources_changed_at"},
        {unretired_sql(), "sources_unretired"},
        {old_ones_sql(), "sources_changed_at (changed_at<?)"}};
    for (auto& [sql, index] : wanted) {
        auto plan = plan_of(sql);
        BOOST_TEST_CONTEXT(plan) { BOOST_TEST(plan.find(index) != std::string::npos); }
    }
}

BOOST_AUTO_TEST_CASE(a_page_reads_no_more_than_it_may) {
    struct row {
        std::optional<std::string> outcome;
        std::optional<std::string> watch;
        std::int64_t since = INT64_MIN;
        std::size_t found = 0;
    };
    for (auto& asked :
         {row{{}, {}, INT64_MIN, 1000},
          row{"failed", {}, INT64_MIN, 1},
          row{{}, "rare", INT64_MIN, 10},
          row{"failed", "web", INT64_MIN, 1},
          row{{}, {}, 999'995'000, 6}}) {
        journal_query query;
        if (asked.outcome) query.outcome = parse_outcome(*asked.outcome);
        query.watch = asked.watch;
        sqlite::statement rows(db, page_sql(query));
        std::optional<std::string> no_id;
        rows.bind(
            INT64_MAX, "", asked.since, asked.outcome, no_id, std::uint64_t(1000), asked.watch
        );
        steps = 0;
        std::size_t found = 0;
        while (rows.step()) ++found;
        BOOST_TEST(found == asked.found);
        BOOST_TEST(steps < few_hundred_steps);
    }
}

BOOST_AUTO_TEST_CASE(a_start_reads_only_what_is_not_retired) {
    sqlite::statement rows(db, unretired_sql());
    steps = 0;
    int found = 0;
    while (rows.step()) ++found;
    BOOST_TEST(found == 10);
    BOOST_TEST(steps < few_hundred_steps);
}

BOOST_AUTO_TEST_CASE(old_rows_leave_a_thousand_at_a_time) {
    sqlite::statement old(db, old_ones_sql());
    old.bind(std::int64_t(500'000'000), std::uint64_t(1000));
    steps = 0;
    int found = 0;
    while (old.step()) ++found;
    BOOST_TEST(found == 1000);
    BOOST_TEST(steps < few_hundred_steps);
}

BOOST_AUTO_TEST_CASE(a_large_journal_is_checked_part_by_part_and_only_after_an_unclean_end) {
    auto copy = path() + ".copy";
    std::filesystem::copy_file(path(), copy);
    {
        auto store = journal_store::open(copy, store_access::unsynced).value();
        BOOST_TEST(store->parts_to_check() == 0u);
        source what;
        what.id = "one";
        BOOST_REQUIRE(store->write({std::make_shared<const journal_change>(source_change{what, {}})}
        ).has_value());
        // As a killed process would leave it.
        std::filesystem::copy_file(copy, copy + "-dead");
        std::filesystem::copy_file(copy + "-wal", copy + "-dead-wal");
    }
    auto clean = journal_store::open(copy, store_access::unsynced).value();
    BOOST_TEST(clean->parts_to_check() == 0u);
    auto dead = journal_store::open(copy + "-dead", store_access::unsynced).value();
    BOOST_TEST_REQUIRE(dead->parts_to_check() == 4u);
    for (std::size_t part = 0; part < 4; ++part) BOOST_TEST(dead->check_part(part).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
