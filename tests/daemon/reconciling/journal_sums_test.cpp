#include "daemon/reconciling/journal_sums.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

namespace {

std::string from_to(std::string claimed, std::string changed) {
    return R"(,"claimed_at":"2026-11-29T)" + claimed + R"(Z","changed_at":"2026-11-29T)" + changed +
           R"(Z")";
}

std::string row(std::string id, std::string records, std::string more = {}) {
    if (more.find("claimed_at") == std::string::npos) more += from_to("10:00:00", "10:05:00");
    if (more.find("target") == std::string::npos) more += R"(,"target":"Demo.Web")";
    return R"({"source_id":")" + id + R"(","records":)" + records + more + "}";
}

std::vector<journal_sum> sums(const std::string& rows, const std::string& cluster = {}) {
    return sums_of_journal("[" + rows + "]", cluster);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_sums_)

BOOST_AUTO_TEST_CASE(files_of_one_blob_count_once) {
    auto all = sums(row("a", "3") + "," + row("a", "3") + "," + row("b", "4"));
    BOOST_REQUIRE_EQUAL(all.size(), 1U);
    BOOST_TEST(all[0].sources.size() == 2U);
    BOOST_TEST(all[0].records() == 7U);
    BOOST_TEST(all[0].unknown() == 0U);
    BOOST_TEST(all[0].without_tags == 0U);
    BOOST_TEST(!all[0].are_tags_recorded);
}

BOOST_AUTO_TEST_CASE(records_may_not_be_known) {
    auto all = sums(row("a", "null") + "," + row("b", "\"x\"") + "," + row("c", "4"));
    BOOST_TEST(all[0].records() == 4U);
    BOOST_TEST(all[0].unknown() == 2U);
}

BOOST_AUTO_TEST_CASE(streamed_sources_are_counted) {
    auto all = sums(row("a", "3", R"(,"delivery":"streaming, queued")"));
    BOOST_TEST(all[0].without_tags == 1U);
}

BOOST_AUTO_TEST_CASE(each_table_of_each_cluster_has_a_sum) {
    auto all = sums(
        row("a", "1") + "," + row("b", "2", R"(,"target":"Demo.Other")") + "," +
            row("c", "4", R"(,"cluster":"east")") + "," + row("d", "8", R"(,"cluster":"west")"),
        "west"
    );
    BOOST_REQUIRE_EQUAL(all.size(), 3U);
    BOOST_TEST(all[0].cluster == "west");
    BOOST_TEST(all[0].records() == 9U);
    BOOST_TEST(all[1].target == "Demo.Other");
    BOOST_TEST(all[2].cluster == "east");
    BOOST_TEST(all[2].records() == 4U);
}

BOOST_AUTO_TEST_CASE(what_a_route_has_decided_is_known) {
    auto routed = [](std::string database, std::string table) {
        return R"(,"target":"a.b.c","tags":["x"],"database":")" + database + R"(","table":")" +
               table + "\"";
    };
    auto all = sums(row("a", "1", routed("a.b", "c")) + "," + row("b", "2", routed("a", "b.c")));
    BOOST_REQUIRE_EQUAL(all.size(), 2U);
    BOOST_TEST(all[0].database == "a.b");
    BOOST_TEST(all[0].table == "c");
    BOOST_TEST(all[1].database == "a");
    BOOST_TEST(all[0].are_tags_recorded);
    BOOST_TEST((all[0].tags == std::set<std::vector<std::string>>{{"x"}}));
    all = sums(row("a", "1", R"(,"target":"a.b.c")") + "," + row("b", "2", routed("a", "b.c")));
    BOOST_REQUIRE_EQUAL(all.size(), 1U);
    BOOST_TEST(all[0].table == "b.c");
    BOOST_TEST(!all[0].are_tags_recorded);
}

BOOST_AUTO_TEST_CASE(neighbours_are_those_whose_time_overlaps) {
    auto all = sums(row("a", "1"));
    auto done = std::string(R"(,"outcome":"succeeded")");
    auto rows = row("a", "1", done) + "," + row("b", "2", done + from_to("09:00:00", "09:10:00")) +
                "," + row("c", "2", done + from_to("09:00:00", "09:20:00")) + "," +
                row("d", "4", done + from_to("09:00:00", "10:00:01")) + "," +
                row("e", "8", R"(,"outcome":null,"posts":1)" + from_to("09:00:00", "09:01:00")) +
                "," + row("f", "null", R"(,"outcome":"unconfirmed")") + "," +
                row("f", "null", R"(,"outcome":"unconfirmed")") + "," +
                row("g", "16", R"(,"outcome":"failed","posts":1)") + "," +
                row("h", "16", R"(,"outcome":null,"posts":0)") + "," +
                row("i", "16", done + R"(,"target":"Demo.Other")") + "," +
                row("j", "2", done + from_to("10:30:00", "10:40:00")) + "," +
                row("k", "2", done + from_to("10:20:00", "10:50:00"));
    add_neighbours(all, "[" + rows + "]", "");
    BOOST_TEST(all[0].beside.sources == 3U);
    BOOST_TEST(all[0].beside.records == 12U);
    BOOST_TEST(all[0].beside.unknown == 1U);
    BOOST_TEST((all[0].first_claimed - *all[0].ended_before == std::chrono::minutes(40)));
    BOOST_TEST((*all[0].begun_after - all[0].last_changed == std::chrono::minutes(15)));
}

BOOST_AUTO_TEST_SUITE_END()
