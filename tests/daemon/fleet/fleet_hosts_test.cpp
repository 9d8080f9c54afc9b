#include "daemon/fleet/fleet_hosts.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::daemon;

namespace {

const auto now = *parse_iso8601("2026-11-30T12:00:00Z");

fleet_host host_of(std::string time, std::string interval = "300", std::string healthy = "true") {
    kusto::dataset_table table;
    for (auto name : {"Host", "Time", "IntervalSeconds", "Healthy", "Reason", "OldestAgeSeconds"}) {
        table.columns.emplace_back(name);
    }
    table.rows.push_back({"edge", std::move(time), std::move(interval), std::move(healthy), "", ""}
    );
    return fleet_hosts(table, now).front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fleet_hosts_)

BOOST_AUTO_TEST_CASE(a_host_is_silent_after_three_intervals_and_ten_minutes) {
    BOOST_TEST(host_of("2026-11-30T11:35:00Z").state == "healthy");
    BOOST_TEST(host_of("2026-11-30T11:34:59Z").state == "silent");
    BOOST_TEST(host_of("2026-11-30T11:59:00Z", "300", "false").state == "trouble");
    BOOST_TEST(host_of("2026-11-30T11:59:00Z", "300", "1").state == "healthy");
    BOOST_TEST(host_of("2026-11-30T11:50:00Z", "").state == "healthy");
    BOOST_TEST(host_of("2026-11-30T11:49:00Z", "").state == "silent");
    BOOST_TEST(host_of("").state == "silent");
}

BOOST_AUTO_TEST_CASE(intervals_that_cannot_be_are_bounded) {
    BOOST_TEST(host_of("2026-11-30T11:59:00Z", "9223372036854775807").state == "healthy");
    BOOST_TEST(host_of("2026-08-30T11:59:00Z", "9223372036854775807").state == "silent");
    BOOST_TEST(host_of("2026-11-30T11:55:00Z", "-9223372036854775808").state == "healthy");
    BOOST_TEST(host_of("2026-11-30T11:45:00Z", "-9223372036854775808").state == "silent");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_ahead_is_named) {
    BOOST_TEST(host_of("2026-11-30T12:00:59Z").reason == "");
    BOOST_TEST(host_of("2026-11-30T14:00:00Z").reason == "its clock is 2h 0min ahead");
}

BOOST_AUTO_TEST_CASE(ages_that_cannot_be_are_bounded) {
    fleet_host one;
    one.host = "edge";
    one.state = "healthy";
    for (auto age : {"1e300", "-5", "nonsense"}) {
        one.oldest_age_seconds = age;
        BOOST_TEST(fleet_text({one}).find(" -") == std::string::npos, age);
    }
}

BOOST_AUTO_TEST_CASE(columns_are_aligned_by_characters) {
    fleet_host plain, other;
    plain.host = "edge-u";
    other.host = "edge-\u00fc";
    plain.state = other.state = "healthy";
    auto lines = split(fleet_text({plain, other}), '\n');
    auto shown = [](std::string_view line) { return line.substr(line.find("healthy")); };
    BOOST_TEST(lines[1].find("healthy") + 1 == lines[2].find("healthy"));  // One byte more.
    BOOST_TEST(shown(lines[1]) == shown(lines[2]));
}

BOOST_AUTO_TEST_SUITE_END()
