#include "daemon/fleet/fleet_pace.hpp"

#include "daemon/fleet/fleet_mark.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::fleet_pace;

static time_point after(duration time) { return time_point{} + 1h + time; }

BOOST_AUTO_TEST_SUITE(fleet_pace_)

BOOST_AUTO_TEST_CASE(the_first_report_is_due_soon_and_not_at_the_same_time_everywhere) {
    random_generator random{1};
    fleet_pace one(after(0s), 5min, random), other(after(0s), 5min, random);
    BOOST_TEST((one.due() != other.due()));
    for (auto* pace : {&one, &other}) {
        BOOST_TEST((pace->due() >= after(0s)));
        BOOST_TEST((pace->due() <= after(30s)));
    }
}

BOOST_AUTO_TEST_CASE(the_next_one_is_due_an_interval_later) {
    random_generator random{1};
    fleet_pace pace(after(0s), 5min, random);
    pace.sent(after(10s), 5min);
    BOOST_TEST((pace.due() == after(5min + 10s)));
}

BOOST_AUTO_TEST_CASE(one_that_failed_is_tried_again_at_the_latest_after_an_interval) {
    random_generator random{1};
    fleet_pace pace(after(0s), 1min, random);
    for (int i = 0; i < 50; ++i) {
        pace.failed(after(0s), 1min, std::nullopt, random);
        BOOST_TEST((pace.due() >= after(1s)));
        BOOST_TEST((pace.due() <= after(1min)));
    }
}

BOOST_AUTO_TEST_CASE(the_service_may_ask_for_more_time) {
    random_generator random{1};
    fleet_pace pace(after(0s), 1min, random);
    pace.failed(after(0s), 1min, 10min, random);
    BOOST_TEST((pace.due() >= after(10min)));
}

BOOST_AUTO_TEST_CASE(a_shorter_interval_counts_at_once_and_a_longer_one_from_the_next_report_on) {
    random_generator random{1};
    fleet_pace pace(after(0s), 1h, random);
    pace.sent(after(0s), 1h);
    pace.change(after(1min), 5min);
    BOOST_TEST((pace.due() == after(6min)));
    pace.change(after(2min), 2h);
    BOOST_TEST((pace.due() == after(6min)));
}

BOOST_AUTO_TEST_CASE(spans_follow_each_other_and_begin_again_when_the_calendar_is_set_back) {
    wall_time noon{std::chrono::hours(12)};
    auto span = daemon::next_span(noon, noon + 5min);
    BOOST_TEST((span.after == noon));
    BOOST_TEST((span.until == noon + 5min));
    auto back = daemon::next_span(noon, noon - 1h);
    BOOST_TEST((back.after == noon - 1h));
    BOOST_TEST((back.until == noon - 1h));
}

BOOST_AUTO_TEST_CASE(what_was_reported_is_known_after_a_restart) {
    test::temp_folder state;
    auto path = state.path("fleet.mark");
    BOOST_TEST(!daemon::read_fleet_mark(path).has_value());
    wall_time noon{std::chrono::hours(12) + 123ms};
    BOOST_TEST(daemon::write_fleet_mark(path, noon));
    BOOST_TEST((daemon::read_fleet_mark(path) == noon));
    state.write("fleet.mark", "nonsense\n");
    BOOST_TEST(!daemon::read_fleet_mark(path).has_value());
    BOOST_TEST(!daemon::write_fleet_mark(state.path("absent/fleet.mark"), noon));
}

BOOST_AUTO_TEST_SUITE_END()
