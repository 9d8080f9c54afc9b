#include "daemon/reconciling/row_sums.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop::daemon;
using kustodrop::kusto::target;

namespace {

std::string entry(std::string id, std::string records, std::string more = {}) {
    return R"({"source_id":")" + id + R"(","target":"Demo.Web","records":)" + records +
           R"(,"delivery":"queued","claimed_at":"2026-11-29T10:00:00Z")" +
           R"(,"changed_at":"2026-11-29T10:05:00Z")" + more + "}";
}

journal_sum sum_of(const std::string& entries) {
    auto all = sums_of_journal("[" + entries + "]");
    return all.begin()->second;
}

bool has_note(const reconciliation& found, std::string_view part) {
    return std::ranges::any_of(found.notes, [&](auto& one) {
        return one.find(part) != std::string::npos;
    });
}

target where() {
    target out;
    out.database = "Demo";
    out.table = "Web";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(row_sums_)

BOOST_AUTO_TEST_CASE(files_of_one_blob_count_once) {
    auto sum = sum_of(entry("a", "3") + "," + entry("a", "3") + "," + entry("b", "4"));
    BOOST_TEST(sum.sources.size() == 2U);
    BOOST_TEST(sum.records() == 7U);
    BOOST_TEST(sum.unknown() == 0U);
    BOOST_TEST(sum.without_tags == 0U);
}

BOOST_AUTO_TEST_CASE(records_may_not_be_known) {
    auto sum = sum_of(entry("a", "null") + "," + entry("b", "\"x\"") + "," + entry("c", "4"));
    BOOST_TEST(sum.records() == 4U);
    BOOST_TEST(sum.unknown() == 2U);
    auto found = reconcile(where(), sum, recognised_by::tags, {{{}, 4}});
    BOOST_TEST(!found.is_equal());
    BOOST_TEST(has_note(found, "2 sources are not known"));
}

BOOST_AUTO_TEST_CASE(each_target_has_a_sum) {
    auto sums = sums_of_journal(
        "[" + entry("a", "1") + R"(,{"source_id":"b","target":"Demo.Other","records":2}])"
    );
    BOOST_TEST(sums.size() == 2U);
    BOOST_TEST(sums["Demo.Other"].records() == 2U);
}

BOOST_AUTO_TEST_CASE(rows_are_recognised_by_the_best_that_there_is) {
    auto to = where();
    journal_sum sum;
    BOOST_TEST((way_for(to, sum) == recognised_by::time));
    to.tags = {"drop-by:{tenant}"};
    BOOST_TEST((way_for(to, sum) == recognised_by::time));
    to.tags = {"drop-by:web"};
    BOOST_TEST((way_for(to, sum) == recognised_by::tags));
    to.deduplicate = true;
    BOOST_TEST((way_for(to, sum) == recognised_by::source));
    sum = sum_of(
        entry("a", "1") + "," + R"({"source_id":"b","target":"Demo.Web",)" +
        R"("delivery":"streaming","records":1})"
    );
    BOOST_TEST((way_for(to, sum) == recognised_by::time));
}

BOOST_AUTO_TEST_CASE(the_question_bounds_the_time) {
    auto sum = sum_of(entry("a", "1"));
    auto exact = rows_question(where(), sum, recognised_by::time);
    BOOST_TEST(
        exact.find("['Web'] | where ingestion_time() >= datetime(2026-11-29T10:00:00") == 0U
    );
    BOOST_TEST(exact.find("2026-11-29T10:05:01") != std::string::npos);
    auto wide = rows_question(where(), sum, recognised_by::tags);
    BOOST_TEST(wide.find("2026-11-29T09:00:00") != std::string::npos);
    BOOST_TEST(wide.find("2026-11-29T11:05:00") != std::string::npos);
    auto to = where();
    to.table = "it's \\";
    BOOST_TEST(rows_question(to, sum, recognised_by::tags).starts_with("['it\\'s \\\\'] |"));
}

BOOST_AUTO_TEST_CASE(groups_are_read) {
    kustodrop::kusto::dataset answer;
    BOOST_TEST(groups_in(answer).empty());
    answer.tables.push_back(
        {"T", {"Tags", "Rows"}, {{R"(["a","b"])", "3"}, {"[]", "4"}, {"", "5"}, {"7", "6"}}}
    );
    auto groups = groups_in(answer);
    BOOST_REQUIRE_EQUAL(groups.size(), 4U);
    BOOST_TEST(groups[0].tags.size() == 2U);
    BOOST_TEST(groups[0].rows == 3U);
    BOOST_TEST(groups[1].tags.empty());
    BOOST_TEST(groups[3].rows == 6U);
}

BOOST_AUTO_TEST_CASE(by_time_all_rows_count) {
    auto sum = sum_of(entry("a", "3"));
    auto found = reconcile(where(), sum, recognised_by::time, {{{}, 3}, {{"x"}, 2}});
    BOOST_TEST(found.rows == 5U);
    BOOST_TEST(found.difference() == 2);
    BOOST_TEST(has_note(found, "other senders"));
    BOOST_TEST(reconciliation_text(found).find("2 rows too many") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(by_tags_only_rows_that_have_all_of_them) {
    auto to = where();
    to.tags = {"x", "y"};
    auto sum = sum_of(entry("a", "3"));
    auto found =
        reconcile(to, sum, recognised_by::tags, {{{"x"}, 9}, {{"y", "x", "z"}, 3}, {{}, 4}});
    BOOST_TEST(found.rows == 3U);
    BOOST_TEST(found.is_equal());
    BOOST_TEST(found.notes.empty());
    BOOST_TEST(reconciliation_text(found).find("  equal\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(by_source_what_is_absent_is_named) {
    auto sum = sum_of(entry("a", "3") + "," + entry("b", "4") + "," + entry("c", "0"));
    std::vector<table_group> groups{{{"ingest-by:a", "x"}, 3}, {{"ingest-by:z"}, 9}, {{"x"}, 1}};
    auto found = reconcile(where(), sum, recognised_by::source, groups);
    BOOST_TEST(found.rows == 3U);
    BOOST_TEST(found.difference() == -4);
    BOOST_TEST((found.absent == std::vector<std::string>{"b"}));
    auto text = reconciliation_text(found);
    BOOST_TEST(text.find("4 rows missing") != std::string::npos);
    BOOST_TEST(text.find("no row of source b") != std::string::npos);
    groups.push_back({{"ingest-by:b", "ingest-by:z"}, 5});
    found = reconcile(where(), sum, recognised_by::source, groups);
    BOOST_TEST(found.rows == 8U);
    BOOST_TEST(has_note(found, "extents were merged"));
}

BOOST_AUTO_TEST_CASE(of_many_absent_sources_some_are_named) {
    std::string entries;
    for (int i = 0; i < 15; ++i) {
        entries += (i == 0 ? "" : ",") + entry("s" + std::to_string(i), "1");
    }
    auto found = reconcile(where(), sum_of(entries), recognised_by::source, {});
    BOOST_TEST(found.absent.size() == 15U);
    BOOST_TEST(reconciliation_text(found).find("and of 5 others") != std::string::npos);
    BOOST_TEST(reconciliation_json({found}).find("\"difference\":-15") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
