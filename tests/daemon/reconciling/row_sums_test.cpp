#include "daemon/reconciling/row_sums.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop::daemon;
using namespace std::chrono_literals;
using kustodrop::kusto::target;

namespace {

journal_sum sum_of(const std::string& entries) {
    return sums_of_journal("[" + entries + "]", "").front();
}

std::string entry(std::string id, std::string records, std::string more = {}) {
    return R"({"source_id":")" + id + R"(","target":"Demo.Web","records":)" + records +
           R"(,"delivery":"queued","claimed_at":"2026-11-29T10:00:00Z")" +
           R"(,"changed_at":"2026-11-29T10:05:00Z")" + more + "}";
}

// Of sources that were sent with tags.
journal_sum tagged(const std::string& entries, std::vector<std::string> tags) {
    auto sum = sum_of(entries);
    sum.tags = {std::move(tags)};
    return sum;
}

target where(bool deduplicate = false) {
    target out;
    out.database = "Demo";
    out.table = "Web";
    out.deduplicate = deduplicate;
    return out;
}

reconciliation compared(
    const journal_sum& sum, const std::vector<table_group>& groups, const target& to = where()
) {
    return reconcile(to, sum, groups, std::nullopt);
}

bool has_note(const reconciliation& found, std::string_view part) {
    return std::ranges::any_of(found.notes, [&](auto& one) {
        return one.find(part) != std::string::npos;
    });
}

bool is_by(recognised_by how, const reconciliation& found) { return found.how == how; }

}  // namespace

BOOST_AUTO_TEST_SUITE(row_sums_)

BOOST_AUTO_TEST_CASE(records_may_not_be_known) {
    auto sum = sum_of(entry("a", "null") + "," + entry("b", "\"x\"") + "," + entry("c", "4"));
    auto found = compared(sum, {{{}, 4}});
    BOOST_TEST(!found.is_equal());
    BOOST_TEST(has_note(found, "2 sources are not known"));
    for (auto why : {"multijson", "lines of json", "compressed", "earlier release", "raw"}) {
        BOOST_TEST(has_note(found, why));
    }
}

BOOST_AUTO_TEST_CASE(rows_are_recognised_by_the_best_that_there_is) {
    auto sum = sum_of(entry("a", "1"));
    BOOST_TEST((way_for(where(), sum) == recognised_by::time));
    sum.tags = {{"drop-by:web"}};
    BOOST_TEST((way_for(where(), sum) == recognised_by::tags));
    sum.tags.insert(std::vector<std::string>());
    BOOST_TEST((way_for(where(), sum) == recognised_by::time));
    BOOST_TEST((way_for(where(true), sum) == recognised_by::source));
    sum.without_tags = 1;
    BOOST_TEST((way_for(where(true), sum) == recognised_by::time));
}

BOOST_AUTO_TEST_CASE(a_brace_in_a_tag_is_a_capture_with_a_route_only) {
    auto to = where();
    to.tags = {"p:{x}"};
    auto plain = sum_of(entry("a", "1")), routed = plain;
    assume_tags(plain, to, false);
    BOOST_TEST((way_for(to, plain) == recognised_by::tags));
    assume_tags(routed, to, true);
    BOOST_TEST((way_for(to, routed) == recognised_by::time));
}

BOOST_AUTO_TEST_CASE(recorded_tags_are_not_assumed) {
    auto to = where();
    to.tags = {"now"};
    auto sum = sum_of(entry("a", "1", R"(,"tags":["then"])"));
    assume_tags(sum, to, true);
    BOOST_TEST((sum.tags == std::set<std::vector<std::string>>{{"then"}}));
}

BOOST_AUTO_TEST_CASE(the_question_bounds_the_time) {
    auto sum = sum_of(entry("a", "1"));
    auto text = rows_question(where(), sum);
    BOOST_TEST(text.starts_with("['Web'] | where ingestion_time() >= datetime(2026-11-29T09:00:00")
    );
    auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
    BOOST_TEST(has("<= datetime(2026-11-29T11:05:00"));
    BOOST_TEST(has("Inside = (ingestion_time() >= datetime(2026-11-29T10:00:00"));
    BOOST_TEST(has("<= datetime(2026-11-29T10:05:01"));
    BOOST_TEST(has("Near = (ingestion_time() >= datetime(2026-11-29T09:00:00"));
    auto to = where();
    to.table = "it's \\";
    BOOST_TEST(rows_question(to, sum).starts_with("['it\\'s \\\\'] |"));
}

BOOST_AUTO_TEST_CASE(what_is_near_ends_half_way_to_other_sources) {
    auto sum = sum_of(entry("a", "1"));
    sum.ended_before = sum.first_claimed - 20s;
    sum.begun_after = sum.last_changed + 40s;
    auto text = rows_question(where(), sum);
    auto near = text.substr(text.find("Near"));
    BOOST_TEST(near.find(">= datetime(2026-11-29T09:59:50") != std::string::npos);
    BOOST_TEST(near.find("<= datetime(2026-11-29T10:05:20") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(groups_are_read) {
    kustodrop::kusto::dataset answer;
    BOOST_TEST(groups_in(answer).empty());
    answer.tables.push_back(
        {"T",
         {"Tags", "Inside", "Near", "Rows"},
         {{R"(["a","b"])", "1", "true", "3"}, {"[]", "0", "True", "4"}, {"", "", "", "5"}, {"7"}}}
    );
    auto groups = groups_in(answer);
    BOOST_REQUIRE_EQUAL(groups.size(), 4U);
    BOOST_TEST(groups[0].tags.size() == 2U);
    BOOST_TEST(groups[0].rows == 3U);
    BOOST_TEST((groups[0].is_inside && groups[0].is_near));
    BOOST_TEST(groups[1].tags.empty());
    BOOST_TEST((!groups[1].is_inside && groups[1].is_near));
    BOOST_TEST(groups[2].rows == 5U);
}

BOOST_AUTO_TEST_CASE(by_time_all_rows_inside_count) {
    auto sum = sum_of(entry("a", "3"));
    auto found = compared(sum, {{{}, 3}, {{"x"}, 2}, {{}, 9, false, true}});
    BOOST_TEST(found.rows == 5U);
    BOOST_TEST(found.difference() == 2);
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "other senders"));
}

BOOST_AUTO_TEST_CASE(by_tags_only_near_rows_that_have_all_of_them) {
    auto sum = tagged(entry("a", "3"), {"x", "y"});
    auto found =
        compared(sum, {{{"x"}, 9}, {{"y", "x"}, 3}, {{}, 4}, {{"x", "y"}, 7, false, false}});
    BOOST_TEST(found.rows == 3U);
    BOOST_TEST(found.is_equal());
    BOOST_TEST(found.notes.empty());
}

BOOST_AUTO_TEST_CASE(rows_with_further_tags_may_be_of_others) {
    auto sum = tagged(entry("a", "3"), {"x"});
    auto found = compared(sum, {{{"x"}, 3}, {{"x", "y"}, 5}});
    BOOST_TEST(found.rows == 8U);
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "5 of the rows have other tags as well"));
}

BOOST_AUTO_TEST_CASE(sources_of_one_table_may_have_different_tags) {
    auto sum = tagged(entry("a", "3"), {"p:a"});
    sum.tags.insert({"p:b"});
    auto found = compared(sum, {{{"p:a"}, 1}, {{"p:b"}, 2}, {{"p:c"}, 9}});
    BOOST_TEST(found.is_equal());
}

BOOST_AUTO_TEST_CASE(by_source_what_is_absent_is_named) {
    auto sum = sum_of(entry("a", "3") + "," + entry("b", "4") + "," + entry("c", "0"));
    std::vector<table_group> groups{
        {{"ingest-by:a", "x"}, 3, false, false}, {{"ingest-by:z"}, 9}, {{"x"}, 1, false, false}};
    auto found = compared(sum, groups, where(true));
    BOOST_TEST(found.rows == 3U);
    BOOST_TEST(found.difference() == -4);
    BOOST_TEST(found.is_certain);
    BOOST_TEST((found.absent == std::vector<std::string>{"b"}));
    groups.push_back({{"ingest-by:b", "ingest-by:z"}, 5});
    found = compared(sum, groups, where(true));
    BOOST_TEST(found.rows == 8U);
    BOOST_TEST(has_note(found, "extents were merged"));
}

BOOST_AUTO_TEST_CASE(sources_with_their_own_tags_are_known_whatever_is_configured_now) {
    auto sum = sum_of(entry("a", "3"));
    auto found = compared(sum, {{{"ingest-by:a"}, 3}, {{}, 9}});
    BOOST_TEST(is_by(recognised_by::source, found));
    BOOST_TEST(found.is_equal());
}

BOOST_AUTO_TEST_CASE(rows_from_before_the_tags_were_changed_are_no_loss) {
    auto sum = tagged(entry("a", "3") + "," + entry("b", "4"), {"new"});
    sum.are_tags_recorded = false;
    auto found = compared(sum, {{{"old"}, 3}, {{"new"}, 4}});
    BOOST_TEST(is_by(recognised_by::time, found));
    BOOST_TEST(found.is_equal());
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "3 rows without these tags came in that time and account"));
    found = compared(sum, {{{"old"}, 9}});
    BOOST_TEST(found.difference() == -7);
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "may be of these sources, if tags"));
    found = compared(sum, {{{"new"}, 4}, {{"old"}, 3, false, true}});
    BOOST_TEST(found.difference() == -3);
    BOOST_TEST(found.is_certain);
}

BOOST_AUTO_TEST_CASE(with_recorded_tags_a_loss_is_certain) {
    auto found = compared(tagged(entry("a", "3", R"(,"tags":["x"])"), {"x"}), {{{"old"}, 3}});
    BOOST_TEST(found.difference() == -3);
    BOOST_TEST(found.is_certain);
}

BOOST_AUTO_TEST_CASE(rows_from_before_deduplicate_was_set_are_no_loss) {
    auto sum = sum_of(entry("a", "3") + "," + entry("b", "4"));
    auto found = compared(sum, {{{}, 3}, {{"ingest-by:b"}, 4}}, where(true));
    BOOST_TEST(is_by(recognised_by::time, found));
    BOOST_TEST(found.is_equal());
    BOOST_TEST(found.absent.empty());
    BOOST_TEST(has_note(found, "deduplicate probably had another value"));
    found = compared(sum, {{{}, 1}, {{"ingest-by:b"}, 4}}, where(true));
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(found.absent.size() == 1U);
}

BOOST_AUTO_TEST_CASE(tags_do_not_distinguish_rows_of_neighbours) {
    auto sum = tagged(entry("a", "3"), {"x"});
    sum.beside = {2, 5, 0};
    auto found = compared(sum, {{{"x"}, 3}});
    BOOST_TEST(!found.is_equal());
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "up to 5 of the rows may be of 2 sources"));
    sum.beside.unknown = 1;
    BOOST_TEST(has_note(compared(sum, {{{"x"}, 3}}), "any number of the rows"));
    BOOST_TEST(compared(sum, {{{"x"}, 2}}).is_certain);
    BOOST_TEST(compared(sum, {{{"ingest-by:a"}, 3}}).is_equal());
}

BOOST_AUTO_TEST_CASE(clocks_that_differ_are_named) {
    auto sum = tagged(entry("a", "3"), {"x"});
    auto found = reconcile(where(), sum, {{{"x"}, 2}}, 37s);
    BOOST_TEST(!found.is_certain);
    BOOST_TEST(has_note(found, "is 37.0s behind that of the service"));
    found = reconcile(where(), sum, {{{"x"}, 2}}, -37s);
    BOOST_TEST(has_note(found, "37.0s ahead of"));
    BOOST_TEST(reconcile(where(), sum, {{{"x"}, 2}}, 2s).notes.empty());
    BOOST_TEST(reconcile(where(), sum, {{{"ingest-by:a"}, 3}}, 37s).notes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
