#include "pipeline/shipping/posting/rest_ways.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::rest_ways;

namespace {

struct going {
    rest_ways subject;
    time_point now{1h};

    static failure busy(std::optional<duration> wait) {
        failure out{service_code("http_429"), remedy::retry, "later"};
        out.retry_after = wait;
        return out;
    }
    void throttle(const std::string& table, std::optional<duration> wait) {
        subject.throttled(table, busy(wait), now);
    }
    duration wait_of(const std::string& table) const {
        auto why = subject.closed(table, now);
        return why ? *why->retry_after : duration::zero();
    }
    bool refuse(const std::string& table = "L.A") {
        return subject.refused_rights({table, {"web"}}, {service_code("Forbidden")}, now);
    }
    bool is_queued(const std::string& table = "L.A") const {
        return subject.queued(table, now).has_value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rest_ways_, going)

BOOST_AUTO_TEST_CASE(a_table_waits_as_long_as_the_service_says_and_no_other_does) {
    throttle("L.A", 1h);
    BOOST_TEST((wait_of("L.A") == 1h));
    BOOST_TEST((wait_of("L.B") == 0s));
    now += 59min;
    BOOST_TEST((wait_of("L.A") == 1min));
    now += 1min;
    BOOST_TEST((wait_of("L.A") == 0s));
}

BOOST_AUTO_TEST_CASE(no_wait_is_longer_than_an_hour) {
    throttle("L.A", 24h);
    BOOST_TEST((wait_of("L.A") == 1h));
}

BOOST_AUTO_TEST_CASE(two_throttled_tables_hold_up_all_for_a_minute_at_most) {
    throttle("L.A", 1h);
    throttle("L.B", 1h);
    BOOST_TEST((wait_of("L.C") == 1min));
    now += 1min;
    BOOST_TEST((wait_of("L.C") == 0s));
    BOOST_TEST((wait_of("L.B") == 59min));
}

BOOST_AUTO_TEST_CASE(of_several_waits_at_a_time_the_longest_counts) {
    throttle("L.A", 30s);
    throttle("L.A", 5s);
    BOOST_TEST((wait_of("L.A") == 30s));
    throttle("L.B", 5s);
    throttle("L.B", 2s);
    BOOST_TEST((wait_of("L.C") == 5s));
    throttle("L.A", 40s);
    BOOST_TEST((wait_of("L.A") == 40s));
}

// It may have been sent before the table was throttled.
BOOST_AUTO_TEST_CASE(a_post_that_is_accepted_ends_the_common_wait_only) {
    throttle("L.A", 1h);
    throttle("L.B", 1h);
    subject.accepted("L.B");
    BOOST_TEST((wait_of("L.C") == 0s));
    BOOST_TEST((wait_of("L.B") == 1h));
    BOOST_TEST((wait_of("L.A") == 1h));
}

BOOST_AUTO_TEST_CASE(waits_that_are_over_are_not_counted) {
    throttle("L.A", 5s);
    now += 5s;
    throttle("L.B", 30s);
    BOOST_TEST((wait_of("L.C") == 0s));
}

BOOST_AUTO_TEST_CASE(throttling_without_a_time_closes_nothing) {
    throttle("L.A", std::nullopt);
    throttle("L.B", std::nullopt);
    BOOST_TEST((wait_of("L.A") == 0s));
}

BOOST_AUTO_TEST_CASE(a_table_that_refuses_us_for_long_gets_messages) {
    BOOST_TEST(!refuse());
    BOOST_TEST(!is_queued());
    now += 9s;
    BOOST_TEST(!refuse());
    now += 1s;
    BOOST_TEST(refuse());
    BOOST_TEST(is_queued());
    BOOST_TEST(!is_queued("L.B"));
    BOOST_TEST(subject.queued_of("web", now)->table == "L.A");
    BOOST_TEST(!subject.queued_of("other", now).has_value());
}

BOOST_AUTO_TEST_CASE(posts_are_tried_again_after_growing_pauses) {
    refuse();
    now += 10s;
    refuse();
    for (auto pause : {15min, 30min, 60min, 120min, 240min, 240min}) {
        BOOST_TEST(!refuse());  // It was on its way.
        now += pause - 1s;
        BOOST_TEST(is_queued());
        now += 1s;
        BOOST_TEST(!is_queued());
        BOOST_TEST(!refuse());
        BOOST_TEST(is_queued());
    }
}

BOOST_AUTO_TEST_CASE(a_post_that_is_accepted_ends_the_detour_once) {
    refuse();
    now += 10s;
    refuse();
    now += 15min;
    BOOST_TEST(subject.accepted("L.A"));
    BOOST_TEST(!subject.accepted("L.A"));
    BOOST_TEST(!refuse());
    BOOST_TEST(!is_queued());
}

BOOST_AUTO_TEST_SUITE_END()
