#include "base/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(metrics_)

BOOST_AUTO_TEST_CASE(exposes_counters_and_gauges) {
    metrics all;
    all.describe("files_total", "Files so far.");
    all.count("files_total", {{"watch", "web"}}).add();
    all.count("files_total", {{"watch", "web"}}).add(2);
    all.count("files_total", {{"watch", "app"}}).add(0.5);
    all.value("age_seconds").set(-1.25);
    BOOST_TEST(
        all.exposition() ==
        "# TYPE age_seconds gauge\n"
        "age_seconds -1.25\n"
        "# HELP files_total Files so far.\n"
        "# TYPE files_total counter\n"
        "files_total{watch=\"app\"} 0.5\n"
        "files_total{watch=\"web\"} 3\n"
    );
}

BOOST_AUTO_TEST_CASE(of_a_part_have_its_label_but_for_those_of_a_watch) {
    metrics all;
    metrics part(all, {"cluster", "west"});
    part.count("requests_total", {{"code", "200"}}).add(2);
    part.count("files_total", {{"watch", "web"}}).add();
    part.value("age_seconds").set(1);
    BOOST_TEST(
        all.exposition() ==
        "# TYPE age_seconds gauge\n"
        "age_seconds{cluster=\"west\"} 1\n"
        "# TYPE files_total counter\n"
        "files_total{watch=\"web\"} 1\n"
        "# TYPE requests_total counter\n"
        "requests_total{cluster=\"west\",code=\"200\"} 2\n"
    );
    BOOST_TEST(part.total("requests_total", "", "") == 2);
}

BOOST_AUTO_TEST_CASE(exposes_a_series_from_its_first_mention) {
    metrics all;
    all.count("files_total");
    BOOST_TEST(all.exposition() == "# TYPE files_total counter\nfiles_total 0\n");
}

BOOST_AUTO_TEST_CASE(counts_a_histogram_up_to_inclusive_bounds) {
    histogram h({1, 5});
    for (double value : {0.5, 1.0, 1.1, 5.0, 6.0}) h.observe(value);
    BOOST_TEST(
        h.counts() == (std::vector<std::uint64_t>{2, 2, 1}), boost::test_tools::per_element()
    );
    BOOST_TEST(h.sum() == 13.6);
    BOOST_TEST(h.count() == 5u);
}

BOOST_AUTO_TEST_CASE(exposes_cumulative_buckets) {
    metrics all;
    auto& h = all.distribution("seconds", {{"op", "put"}});
    h.observe(0.002);
    h.observe(1e9);
    auto text = all.exposition();
    for (auto line : {
             "# TYPE seconds histogram\n",
             "seconds_bucket{op=\"put\",le=\"0.001\"} 0\n",
             "seconds_bucket{op=\"put\",le=\"0.0025\"} 1\n",
             "seconds_bucket{op=\"put\",le=\"86400\"} 1\n",
             "seconds_bucket{op=\"put\",le=\"+Inf\"} 2\n",
             "seconds_sum{op=\"put\"} 1000000000.002\n",
             "seconds_count{op=\"put\"} 2\n",
         }) {
        BOOST_TEST((text.find(line) != std::string::npos), line);
    }
}

BOOST_AUTO_TEST_CASE(escapes_label_values_as_prometheus_reads_them) {
    metrics all;
    all.count("c", {{"code", "a\"b\\c\n\t\x01é\xFF"}});
    BOOST_TEST(
        all.exposition() ==
        "# TYPE c counter\nc{code=\"a\\\"b\\\\c\\\\x0a\\\\x09\\\\x01é\\\\xff\"} 0\n"
    );
}

BOOST_AUTO_TEST_CASE(keeps_large_counts_exact) {
    metrics all;
    all.count("bytes_total").add(9007199254740.0 * 900);
    BOOST_TEST(all.exposition() == "# TYPE bytes_total counter\nbytes_total 8106479329266000\n");
}

BOOST_AUTO_TEST_CASE(writes_infinities) {
    metrics all;
    all.value("a").set(std::numeric_limits<double>::infinity());
    all.value("b").set(-std::numeric_limits<double>::infinity());
    BOOST_TEST(all.exposition() == "# TYPE a gauge\na +Inf\n# TYPE b gauge\nb -Inf\n");
}

BOOST_AUTO_TEST_CASE(brings_gauges_up_to_date_before_each_exposition) {
    metrics all;
    int asked = 0;
    all.before_exposition([&] { all.value("asked").set(++asked); });
    all.exposition();
    BOOST_TEST(all.exposition() == "# TYPE asked gauge\nasked 2\n");
}

BOOST_AUTO_TEST_CASE(shows_what_is_declared_before_it_has_a_series) {
    metrics all;
    all.declare(metric_kind::gauge, "age_seconds", "How old.");
    BOOST_TEST(all.exposition() == "# HELP age_seconds How old.\n# TYPE age_seconds gauge\n");
}

BOOST_AUTO_TEST_CASE(takes_a_histograms_own_bounds) {
    metrics all;
    all.set_bounds("seconds", {1, 2});
    BOOST_TEST(
        all.distribution("seconds").bounds() == (std::vector<double>{1, 2}),
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(sums_the_series_that_have_a_label) {
    metrics all;
    all.count("c", {{"watch", "web"}, {"outcome", "failed"}}).add(2);
    all.count("c", {{"watch", "web"}, {"outcome", "succeeded"}}).add(3);
    all.count("c", {{"watch", "app"}, {"outcome", "failed"}}).add(5);
    BOOST_TEST(all.total("c", "watch", "web") == 5);
    BOOST_TEST(all.total("c", "outcome", "failed") == 7);
    BOOST_TEST(all.total("c", "", "") == 10);
    BOOST_TEST(all.total("d", "", "") == 0);
}

BOOST_AUTO_TEST_CASE(counts_notifications_of_others_together_when_there_are_too_many) {
    metrics all;
    auto limit = static_cast<int>(metrics::most_series);
    for (int i = 0; i < limit; ++i) all.count("c", {{"reason", std::to_string(i)}}).add();
    all.count("c", {{"reason", "one more"}}).add();
    all.count("c", {{"reason", "another"}}).add();
    all.count("c", {{"reason", "0"}}).add();
    BOOST_TEST(all.count("c", {{"reason", "other"}}).value() == 2);
    BOOST_TEST(all.count("c", {{"reason", "0"}}).value() == 2);
    BOOST_TEST(all.total("c", "", "") == limit + 3);
}

BOOST_AUTO_TEST_CASE(refuses_one_name_for_two_types) {
    metrics all;
    all.count("x");
    BOOST_CHECK_THROW(all.value("x"), std::logic_error);
}

BOOST_AUTO_TEST_CASE(keeps_references_valid) {
    metrics all;
    auto& first = all.count("c", {{"n", "0"}});
    for (int i = 1; i < 1000; ++i) all.count("c", {{"n", std::to_string(i)}});
    first.add();
    BOOST_TEST(all.count("c", {{"n", "0"}}).value() == 1);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_any_more_has_no_gauges) {
    metrics registry;
    for (auto watch : {"a", "b"}) {
        registry.value("held", {{"watch", watch}}).set(1);
        registry.count("seen", {{"watch", watch}}).add();
    }
    registry.value("usable").set(1);
    registry.show_gauges_only("watch", {"b"});
    auto shown = registry.exposition();
    BOOST_TEST(shown.find("held{watch=\"a\"}") == std::string::npos);
    BOOST_TEST(shown.find("held{watch=\"b\"} 1") != std::string::npos);
    BOOST_TEST(shown.find("seen{watch=\"a\"} 1") != std::string::npos);
    BOOST_TEST(shown.find("usable 1") != std::string::npos);
    registry.show_gauges_only("watch", {"a", "b"});
    BOOST_TEST(registry.exposition().find("held{watch=\"a\"} 1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
