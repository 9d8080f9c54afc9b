#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

wall_time at(int y, unsigned m, unsigned d, duration of_day = 0s) {
    using namespace std::chrono;
    return sys_days(year(y) / month(m) / day(d)) + duration_cast<microseconds>(of_day);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calendar_)

BOOST_AUTO_TEST_CASE(writes_iso8601_in_utc_with_milliseconds) {
    BOOST_TEST(to_iso8601(at(2026, 8, 22, 10h + 123ms)) == "2026-08-22T10:00:00.123Z");
    BOOST_TEST(to_iso8601(at(2026, 8, 22, 999us)) == "2026-08-22T00:00:00.000Z");
    BOOST_TEST(to_iso8601(at(2024, 2, 29, 23h + 59min + 59s)) == "2024-02-29T23:59:59.000Z");
    BOOST_TEST(to_iso8601(wall_time(-1ms)) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(reads_every_form_the_service_writes) {
    auto time = at(2026, 8, 22, 10h + 1min + 2s);
    BOOST_TEST((parse_iso8601("2026-08-22T10:01:02Z") == time));
    BOOST_TEST((parse_iso8601("2026-08-22T10:01:02") == time));
    BOOST_TEST((parse_iso8601("2026-08-22 10:01:02") == time));
    BOOST_TEST((parse_iso8601("2026-08-22T10:01:02.5Z") == time + 500ms));
    BOOST_TEST((parse_iso8601("2026-08-22T10:01:02.1234567Z") == time + 123456us));
    BOOST_TEST((parse_iso8601("2026-08-22T10:01:02.123456789Z") == time + 123456us));
    BOOST_TEST((parse_iso8601("2026-08-22") == at(2026, 8, 22)));
    BOOST_TEST((parse_iso8601("9999-12-31T23:59:59.9999999Z").has_value()));
}

BOOST_AUTO_TEST_CASE(reads_a_time_without_seconds_and_with_an_offset) {
    auto time = at(2026, 11, 29, 4h);
    BOOST_TEST((parse_iso8601("2026-11-29T04:00Z") == time));
    BOOST_TEST((parse_iso8601("2026-11-29T05:30+01:30") == time));
    BOOST_TEST((parse_iso8601("2026-11-28T23:00:00-05:00") == time));
    BOOST_TEST((parse_iso8601("2026-11-29T04:00:00.5+00:00") == time + 500ms));
    for (auto text :
         {"2026-11-29T04:00+",
          "2026-11-29T04:00+1",
          "2026-11-29T04:00+25:00",
          "2026-11-29T04:00+01:00Z",
          "2026-11-29T04:00.5Z"}) {
        BOOST_TEST(!parse_iso8601(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(reads_what_it_wrote) {
    for (auto time : {at(2026, 8, 22, 1ms), at(1970, 1, 1), at(2038, 1, 19, 3h + 14min + 8s)}) {
        BOOST_TEST((parse_iso8601(to_iso8601(time)) == time));
    }
}

BOOST_AUTO_TEST_CASE(rejects_what_is_no_date) {
    for (auto text : {
             "",
             "2026",
             "2026-08",
             "2026-8-22",
             "2026-13-01",
             "2026-00-01",
             "2026-02-29",
             "2026-08-32",
             "20260822",
             "2026-08-22T",
             "2026-08-22T10:01",
             "2026-08-22T24:00:00Z",
             "2026-08-22T10:60:00Z",
             "2026-08-22T10:-0:00Z",
             "2026-08-22T10:01:02.Z",
             "2026-08-22T10:01:02.1234567890Z",
             "2026-08-22T10:01:02ZZ",
             " 2026-08-22",
             "-026-08-22",
             "2026-08-22x",
         }) {
        BOOST_TEST(!parse_iso8601(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(reads_and_writes_http_dates) {
    auto time = at(2026, 11, 23, 24min + 22s);
    BOOST_TEST(to_http_date(time) == "Mon, 23 Nov 2026 00:24:22 GMT");
    BOOST_TEST((parse_http_date("Mon, 23 Nov 2026 00:24:22 GMT") == time));
    BOOST_TEST(to_http_date(at(2024, 2, 29)) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(rejects_what_is_no_http_date) {
    for (auto text : {
             "",
             "Mon, 23 Nov 2026 00:24:22 UTC",
             "Mon, 23 nov 2026 00:24:22 GMT",
             "Mon, 31 Feb 2026 00:24:22 GMT",
             "Monday, 23-Nov-26 00:24:22 GMT",
             "Mon Nov 23 00:24:22 2026     ",
             "Mon, 23 Nov 2026 0a:24:22 GMT",
             "Mon, xx Nov 2026 00:24:22 GMT",
             "Mon, 23 Nov 2026 00:24:22 GMT ",
         }) {
        BOOST_TEST(!parse_http_date(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
