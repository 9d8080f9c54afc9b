#include "async/timetable.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using namespace std::chrono;

static constexpr std::uint8_t all_days = 0x7F;
static constexpr std::uint8_t work_days = 0x3E;

static wall_time utc(std::string_view text) { return parse_iso8601(text).value(); }

// Central Europe in 2026: clocks are set forward on March 29 and back on October 25, at 01:00 UTC.
static seconds berlin(wall_time at) {
    bool summer = at >= utc("2026-03-29T01:00:00Z") && at < utc("2026-10-25T01:00:00Z");
    return summer ? 2h : 1h;
}

// December 30 of 2011 did not happen in Samoa.
static seconds apia(wall_time at) { return at < utc("2011-12-30T10:00:00Z") ? -10h : 14h; }

// Clocks are set forward at midnight, so that the day begins at 01:00.
static seconds at_midnight(wall_time at) { return at < utc("2026-03-08T05:00:00Z") ? -5h : -4h; }

static seconds in_utc(wall_time) { return 0s; }

// "RATE until TIME", in bytes a second and UTC.
static std::string shown(const timetable& table, std::string_view now, const time_zone& zone) {
    auto found = table.at(utc(now), zone);
    auto until = found.until ? to_iso8601(*found.until).substr(0, 19) : "ever";
    return std::to_string(found.bytes_per_second) + " until " + until;
}

static const timetable working_hours({{work_days, 7 * 60, 1000}, {all_days, 19 * 60, 0}});
static const timetable by_night({{all_days, 150, 1000}, {all_days, 240, 0}});  // 02:30 to 04:00.

BOOST_AUTO_TEST_SUITE(timetable_)

BOOST_AUTO_TEST_CASE(a_constant_rate_never_changes) {
    BOOST_TEST(shown(timetable(), "2026-01-01T00:00:00Z", in_utc) == "0 until ever");
    BOOST_TEST(shown(timetable(7), "2026-01-01T00:00:00Z", in_utc) == "7 until ever");
}

BOOST_AUTO_TEST_CASE(one_entry_holds_for_ever) {
    timetable one(std::vector<timetable_entry>{{0x02, 60, 5}});
    BOOST_TEST(shown(one, "2026-01-01T00:00:00Z", in_utc) == "5 until ever");
}

BOOST_AUTO_TEST_CASE(an_entry_holds_until_the_next_begins) {
    BOOST_TEST(
        shown(working_hours, "2026-01-05T06:59:59Z", in_utc) == "0 until 2026-01-05T07:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-05T07:00:00Z", in_utc) == "1000 until 2026-01-05T19:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-05T18:59:59Z", in_utc) == "1000 until 2026-01-05T19:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-05T19:00:00Z", in_utc) == "0 until 2026-01-06T07:00:00"
    );
}

BOOST_AUTO_TEST_CASE(over_a_weekend_what_began_on_friday_holds_until_monday) {
    BOOST_TEST(
        shown(working_hours, "2026-01-09T20:00:00Z", in_utc) == "0 until 2026-01-12T07:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-10T12:00:00Z", in_utc) == "0 until 2026-01-12T07:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-11T23:59:59Z", in_utc) == "0 until 2026-01-12T07:00:00"
    );
}

BOOST_AUTO_TEST_CASE(an_entry_of_one_day_holds_for_a_week) {
    timetable week(std::vector<timetable_entry>{{0x02, 480, 5}, {0x04, 480, 9}});
    BOOST_TEST(shown(week, "2026-01-05T07:59:59Z", in_utc) == "9 until 2026-01-05T08:00:00");
    BOOST_TEST(shown(week, "2026-01-05T08:00:00Z", in_utc) == "5 until 2026-01-06T08:00:00");
    BOOST_TEST(shown(week, "2026-01-06T08:00:00Z", in_utc) == "9 until 2026-01-12T08:00:00");
}

BOOST_AUTO_TEST_CASE(an_entry_with_the_same_rate_is_no_change) {
    timetable same(std::vector<timetable_entry>{
        {all_days, 0, 5}, {all_days, 360, 5}, {all_days, 720, 9}});
    BOOST_TEST(shown(same, "2026-01-05T01:00:00Z", in_utc) == "5 until 2026-01-05T12:00:00");
}

BOOST_AUTO_TEST_CASE(the_order_of_the_entries_does_not_matter) {
    timetable turned(std::vector<timetable_entry>{{all_days, 1140, 0}, {work_days, 420, 1000}});
    BOOST_TEST(shown(turned, "2026-01-05T12:00:00Z", in_utc) == "1000 until 2026-01-05T19:00:00");
}

BOOST_AUTO_TEST_CASE(times_are_local) {
    BOOST_TEST(
        shown(working_hours, "2026-01-05T06:00:00Z", berlin) == "1000 until 2026-01-05T18:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-07-06T05:00:00Z", berlin) == "1000 until 2026-07-06T17:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-07-06T04:59:59Z", berlin) == "0 until 2026-07-06T05:00:00"
    );
}

BOOST_AUTO_TEST_CASE(clocks_set_forward_between_entries_bring_the_next_one_an_hour_earlier) {
    BOOST_TEST(
        shown(working_hours, "2026-03-27T19:00:00Z", berlin) == "0 until 2026-03-30T05:00:00"
    );
}

BOOST_AUTO_TEST_CASE(clocks_set_forward_over_an_entry_begin_it_at_once) {
    // 02:00 is 03:00 at 01:00 UTC; 04:00 is 02:00 UTC.
    BOOST_TEST(shown(by_night, "2026-03-29T00:59:59Z", berlin) == "0 until 2026-03-29T01:00:00");
    BOOST_TEST(shown(by_night, "2026-03-29T01:00:00Z", berlin) == "1000 until 2026-03-29T02:00:00");
    BOOST_TEST(shown(by_night, "2026-03-29T02:00:00Z", berlin) == "0 until 2026-03-30T00:30:00");
}

BOOST_AUTO_TEST_CASE(of_two_entries_that_clocks_are_set_over_the_later_holds) {
    timetable both({{all_days, 165, 9}, {all_days, 135, 5}});  // 02:45 and 02:15.
    BOOST_TEST(shown(both, "2026-03-29T01:00:00Z", berlin) == "9 until 2026-03-30T00:15:00");
    BOOST_TEST(shown(both, "2026-03-28T02:00:00Z", berlin) == "9 until 2026-03-29T01:00:00");
}

BOOST_AUTO_TEST_CASE(clocks_set_back_over_an_entry_begin_it_once) {
    // 02:30 is 00:30 UTC and again 01:30 UTC; 04:00 is 03:00 UTC.
    BOOST_TEST(shown(by_night, "2026-10-25T00:29:59Z", berlin) == "0 until 2026-10-25T00:30:00");
    for (auto* now :
         {"2026-10-25T00:30:00Z",
          "2026-10-25T01:00:00Z",
          "2026-10-25T01:15:00Z",
          "2026-10-25T02:59:59Z"}) {
        BOOST_TEST(shown(by_night, now, berlin) == "1000 until 2026-10-25T03:00:00");
    }
    BOOST_TEST(shown(by_night, "2026-10-25T03:00:00Z", berlin) == "0 until 2026-10-26T01:30:00");
}

BOOST_AUTO_TEST_CASE(an_entry_at_a_midnight_that_is_left_out_begins_with_its_day) {
    timetable daily({{0x01, 0, 5}, {0x7E, 0, 0}});  // Sundays.
    BOOST_TEST(shown(daily, "2026-03-08T04:59:59Z", at_midnight) == "0 until 2026-03-08T05:00:00");
    BOOST_TEST(shown(daily, "2026-03-08T05:00:00Z", at_midnight) == "5 until 2026-03-09T04:00:00");
}

BOOST_AUTO_TEST_CASE(a_whole_day_may_be_left_out) {
    timetable fridays({{0x20, 720, 5}, {0x5F, 720, 0}});  // December 30 was a Friday.
    BOOST_TEST(shown(fridays, "2011-12-30T09:59:59Z", apia) == "0 until 2011-12-30T10:00:00");
    BOOST_TEST(shown(fridays, "2011-12-30T10:00:00Z", apia) == "5 until 2011-12-30T22:00:00");
}

BOOST_AUTO_TEST_CASE(following_the_changes_meets_every_second_of_a_year_in_one_piece) {
    for (auto& table : {working_hours, by_night}) {
        for (time_zone zone : {time_zone(berlin), time_zone(in_utc), time_zone(at_midnight)}) {
            auto now = utc("2026-01-01T00:00:00Z");
            int changes = 0;
            while (now < utc("2027-01-01T00:00:00Z")) {
                auto found = table.at(now, zone);
                BOOST_REQUIRE(found.until.has_value());
                BOOST_REQUIRE((*found.until > now));
                auto last = table.at(*found.until - 1s, zone);
                BOOST_REQUIRE(last.bytes_per_second == found.bytes_per_second);
                BOOST_REQUIRE((last.until == found.until));
                BOOST_REQUIRE(
                    table.at(*found.until, zone).bytes_per_second != found.bytes_per_second
                );
                now = *found.until;
                ++changes;
            }
            BOOST_TEST(changes >= 520);
            BOOST_TEST(changes <= 731);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_finds_the_rate_of_where_it_jumped_to) {
    BOOST_TEST(
        shown(working_hours, "2026-01-05T12:00:00Z", in_utc) == "1000 until 2026-01-05T19:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "1970-01-01T00:00:00Z", in_utc) == "0 until 1970-01-01T07:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2026-01-05T12:00:00Z", in_utc) == "1000 until 2026-01-05T19:00:00"
    );
    BOOST_TEST(
        shown(working_hours, "2100-06-01T12:00:00Z", in_utc) == "1000 until 2100-06-01T19:00:00"
    );
}

BOOST_AUTO_TEST_SUITE_END()
