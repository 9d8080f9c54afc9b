#include "daemon/admin/history.hpp"

#include "daemon/admin/admin.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;
using daemon::history;
using daemon::history_sample;

static history_sample at(int seconds) {
    history_sample out;
    out.at = wall_time(std::chrono::seconds(seconds));
    return out;
}

static json::object parsed(const history& kept, wall_time after = {}) {
    return json::parse(kept.to_json(after)).as_object();
}

BOOST_AUTO_TEST_SUITE(history_)

BOOST_AUTO_TEST_CASE(keeps_the_last_hour_and_no_more) {
    history kept;
    for (int i = 0; i < 1000; ++i) kept.add(at(i * 5 + 1));
    BOOST_TEST(kept.size() == history::capacity);
    BOOST_TEST(history::capacity * history::interval == std::chrono::hours(1));
    auto rows = parsed(kept).at("rows").as_array();
    BOOST_TEST(rows.size() == history::capacity);
    BOOST_TEST(rows.back().as_array().front().as_int64() == (999 * 5 + 1) * 1000);
}

BOOST_AUTO_TEST_CASE(gives_what_came_after_a_moment) {
    history kept;
    for (int i = 1; i <= 3; ++i) kept.add(at(i));
    auto after = daemon::parse_history_query("after=2000");
    BOOST_REQUIRE(after.has_value());
    auto rows = parsed(kept, *after).at("rows").as_array();
    BOOST_TEST(rows.size() == 1u);
    BOOST_TEST(rows.front().as_array().front().as_int64() == 3000);
    BOOST_TEST(parsed(kept, wall_time{}).at("rows").as_array().size() == 3u);
}

BOOST_AUTO_TEST_CASE(understands_a_question_or_says_that_it_does_not) {
    BOOST_TEST(daemon::parse_history_query("").has_value());
    for (auto bad : {"after", "after=x", "after=-1", "before=1", "after=9223372036854775807"}) {
        BOOST_TEST(!daemon::parse_history_query(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_CASE(has_a_value_for_every_column) {
    metrics measured;
    metric_labels web{{"watch", "web"}};
    metric_labels app{{"watch", "app"}};
    measured.count("kustodrop_files_seen_total", web).add(2);
    measured.count("kustodrop_files_seen_total", app).add(3);
    measured.count("kustodrop_raw_bytes_total", web).add(1e12);
    int value = 10;
    for (auto outcome : {"succeeded", "failed", "rejected", "skipped", "unconfirmed", "presumed"}) {
        metric_labels labels{{"watch", "web"}, {"outcome", outcome}};
        measured.count("kustodrop_sources_total", labels).add(value++);
    }
    daemon::status_report report;
    report.now = wall_time(std::chrono::seconds(100));
    for (int seconds : {90, 40}) {
        daemon::watch_status watch;
        watch.counts.pending_files = 4;
        watch.counts.oldest = wall_time(std::chrono::seconds(seconds));
        report.watches.push_back(watch);
    }
    report.watches.emplace_back();
    history kept;
    kept.add(daemon::sample_of(measured, report));
    auto answer = parsed(kept);
    BOOST_TEST(answer.at("interval_seconds").as_int64() == 5);
    auto columns = json::serialize(answer.at("columns"));
    BOOST_TEST(
        columns == R"(["at","files_seen","raw_bytes","uploaded_bytes","succeeded","failed",)"
                   R"("rejected","skipped","unconfirmed","presumed","pending",)"
                   R"("oldest_age_seconds"])"
    );
    auto rows = json::serialize(answer.at("rows"));
    BOOST_TEST(rows == "[[100000,5,1000000000000,0,10,11,12,13,14,15,8,60]]");
}

BOOST_AUTO_TEST_SUITE_END()
