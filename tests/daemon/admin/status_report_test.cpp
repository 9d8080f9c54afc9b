#include "daemon/admin/status_report.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::status_report;

static status_report with_watches(std::vector<bool> low_on_space) {
    status_report out;
    for (bool low : low_on_space) out.watches.emplace_back().low_on_space = low;
    return out;
}

BOOST_AUTO_TEST_SUITE(status_report_)

BOOST_AUTO_TEST_CASE(takes_files_while_one_watch_has_space) {
    BOOST_TEST(with_watches({}).takes_files());
    BOOST_TEST(with_watches({false, false}).takes_files());
    BOOST_TEST(with_watches({true, false}).takes_files());
    BOOST_TEST(!with_watches({true, true}).takes_files());
}

BOOST_AUTO_TEST_CASE(takes_files_while_the_service_is_away_but_not_without_a_journal) {
    auto report = with_watches({false});
    report.trouble = failure{service_code("unreachable"), remedy::retry, "no answer"};
    BOOST_TEST(report.takes_files());
    report.journal_healthy = false;
    BOOST_TEST(!report.takes_files());
}

BOOST_AUTO_TEST_CASE(takes_no_files_while_it_stops) {
    auto report = with_watches({false});
    report.stopping = true;
    BOOST_TEST(!report.takes_files());
    BOOST_TEST(report.one_line().starts_with("stopping; "));
}

BOOST_AUTO_TEST_SUITE_END()
