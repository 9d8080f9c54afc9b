#include "async/refreshed.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;

namespace {

// Gives value-1, value-2, … each good for `life`.
struct giver : test::world {
    giver() {
        value.on_event([this](const refresh_event& event) { events.push_back(event); });
    }

    asio::awaitable<result<fresh<std::string>>> fetch() {
        fetched_at.push_back(clock.now());
        if (slow) co_await clock.sleep_until(clock.now() + *slow);
        if (broken) co_return *broken;
        fresh<std::string> out;
        out.value = "value-" + std::to_string(fetched_at.size());
        if (!fixed.empty()) out.value = fixed;
        out.expires_at = clock.now() + life;
        if (wish) out.refresh_at = clock.now() + *wish;
        co_return out;
    }

    std::string ask() {
        auto asked = start(value.get());
        if (!asked->value) return cancel(*asked), "waiting";
        return **asked->value;
    }

    std::size_t fetches() const { return fetched_at.size(); }
    duration distance(std::size_t index) const { return fetched_at[index] - fetched_at[index - 1]; }

    void pass_in_steps(duration total, duration step) {
        for (duration passed{}; passed < total; passed += step) pass(step);
    }

    duration life = 60min;
    std::optional<duration> wish;
    std::optional<duration> slow;
    std::optional<failure> broken;
    std::vector<time_point> fetched_at;
    std::string fixed;  // Unless empty, every value is this one.
    std::vector<refresh_event> events;
    random_generator random{7};
    refreshed<std::string> value{io.get_executor(), clock, random, [this] { return fetch(); }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refreshed_, giver)

BOOST_AUTO_TEST_CASE(callers_wait_for_the_first_value_and_share_one_fetch) {
    slow = 3s;
    auto running = start(value.run());
    auto one = start(value.get());
    auto two = start(value.get());
    BOOST_TEST(!one->done());
    BOOST_TEST(!value.current());
    pass(3s);
    BOOST_TEST(**one->value == "value-1");
    BOOST_TEST(**two->value == "value-1");
    BOOST_TEST(fetches() == 1u);
}

BOOST_AUTO_TEST_CASE(an_hour_is_refreshed_at_most_five_minutes_before_its_end) {
    start(value.run());
    pass(49min);  // 55 min, less a tenth for the jitter.
    BOOST_TEST(ask() == "value-1");
    pass_in_steps(6min, 1s);
    BOOST_TEST(ask() == "value-2");
    BOOST_TEST(fetches() == 2u);
}

BOOST_AUTO_TEST_CASE(five_seconds_are_refreshed_in_their_last_quarter_and_nobody_waits) {
    life = 5s;
    start(value.run());
    for (int i = 0; i < 1000; ++i) {
        pass(100ms);
        BOOST_TEST_REQUIRE(ask() != "waiting");
    }
    // Between 3.375 s and 3.75 s each, in steps of 100 ms: no more fetches than the rule explains.
    for (std::size_t i = 1; i < fetches(); ++i) {
        BOOST_TEST(distance(i) >= 3300ms);
        BOOST_TEST(distance(i) <= 3800ms);
    }
    BOOST_TEST(fetches() <= 31u);
}

BOOST_AUTO_TEST_CASE(the_givers_wish_comes_before_the_rule) {
    wish = 10min;
    start(value.run());
    pass_in_steps(10min, 1s);
    BOOST_TEST(fetches() == 2u);
}

BOOST_AUTO_TEST_CASE(a_wish_after_the_rule_changes_nothing) {
    wish = 59min;
    start(value.run());
    pass_in_steps(55min, 1s);
    BOOST_TEST(fetches() == 2u);
}

BOOST_AUTO_TEST_CASE(a_value_in_hand_outlives_an_outage_until_it_expires) {
    start(value.run());
    broken = failure{service_code("down"), remedy::retry, "no"};
    pass_in_steps(60min - 1s, 1s);
    BOOST_TEST(ask() == "value-1");
    BOOST_TEST(value.last_failure()->code.text() == "down");
    pass(1s);
    BOOST_TEST(ask() == "waiting");
    BOOST_TEST(!value.current());
    BOOST_TEST((value.age() == 60min));
    BOOST_TEST(!value.time_left().has_value());
    BOOST_REQUIRE(value.next_fetch_in().has_value());
    auto before = fetches();
    pass(*value.next_fetch_in());
    BOOST_TEST(fetches() == before + 1);
    broken.reset();
    pass_in_steps(5min, 1s);
    BOOST_TEST(ask() != "waiting");
    BOOST_TEST(!value.last_failure());
}

BOOST_AUTO_TEST_CASE(an_outage_is_met_with_a_bounded_number_of_fetches) {
    start(value.run());
    broken = failure{service_code("down"), remedy::retry, "no"};
    pass_in_steps(2h, 1s);
    // Full jitter up to 5 min: about one in 2.5 min once the ceiling is reached.
    BOOST_TEST(fetches() > 15u);
    BOOST_TEST(fetches() < 90u);
}

BOOST_AUTO_TEST_CASE(a_short_blip_is_over_before_a_short_life_is) {
    life = 5s;
    start(value.run());
    pass(3300ms);
    broken = failure{service_code("blip"), remedy::retry, "no"};
    pass_in_steps(800ms, 50ms);
    BOOST_TEST(fetches() > 2u);
    broken.reset();
    pass_in_steps(850ms, 50ms);
    BOOST_TEST(ask() != "waiting");
    BOOST_TEST(ask() != "value-1");
}

BOOST_AUTO_TEST_CASE(the_servers_wish_to_wait_is_honoured) {
    broken = failure{service_code("busy"), remedy::retry, "no", duration(40s)};
    start(value.run());
    pass_in_steps(39s, 1s);
    BOOST_TEST(fetches() == 1u);
    pass_in_steps(62s, 1s);
    BOOST_TEST(fetches() >= 2u);
}

BOOST_AUTO_TEST_CASE(early_requests_are_at_least_thirty_seconds_apart) {
    start(value.run());
    for (int i = 0; i < 120; ++i) {
        value.request_refresh();
        pass(1s);
    }
    BOOST_TEST(fetches() == 5u);
    for (std::size_t i = 1; i < fetches(); ++i) BOOST_TEST((distance(i) >= 30s));
}

BOOST_AUTO_TEST_CASE(early_requests_for_a_short_life_are_a_quarter_of_it_apart) {
    life = 4s;
    start(value.run());
    for (int i = 0; i < 40; ++i) {
        value.request_refresh();
        pass(100ms);
    }
    BOOST_TEST(fetches() == 5u);
}

BOOST_AUTO_TEST_CASE(one_early_request_is_one_fetch) {
    start(value.run());
    pass(5min);
    value.request_refresh();
    pass(0s);
    BOOST_TEST(ask() == "value-2");
    pass_in_steps(10min, 1s);
    BOOST_TEST(fetches() == 2u);
}

BOOST_AUTO_TEST_CASE(an_early_request_does_not_cut_a_backoff_short) {
    broken = failure{service_code("busy"), remedy::retry, "no", duration(50s)};
    start(value.run());
    value.request_refresh();
    pass_in_steps(49s, 1s);
    BOOST_TEST(fetches() == 1u);
}

BOOST_AUTO_TEST_CASE(a_request_during_a_fetch_is_answered_by_it) {
    slow = 3s;
    start(value.run());
    value.request_refresh();
    pass(3s);
    pass_in_steps(2min, 1s);
    BOOST_TEST(fetches() == 1u);
}

BOOST_AUTO_TEST_CASE(a_discarded_value_is_given_to_nobody) {
    start(value.run());
    pass(5min);
    auto refused = value.current();
    slow = 2s;
    value.discard(refused);
    BOOST_TEST(!value.current());
    auto asked = start(value.get());
    BOOST_TEST(!asked->done());
    pass(2s);
    BOOST_TEST(**asked->value == "value-2");
}

BOOST_AUTO_TEST_CASE(discarding_a_value_that_was_replaced_does_nothing) {
    start(value.run());
    auto old = value.current();
    pass(1min);
    value.request_refresh();
    pass(0s);
    value.discard(old);
    BOOST_TEST(ask() == "value-2");
    value.discard(nullptr);
    BOOST_TEST(ask() == "value-2");
}

BOOST_AUTO_TEST_CASE(a_refused_value_is_not_used_again_even_if_it_is_fetched_again) {
    start(value.run());
    fixed = "value-1";
    pass(1min);
    value.refuse(value.number());
    BOOST_TEST(!value.current());
    pass_in_steps(5min, 1s);
    BOOST_TEST(!value.current());
    BOOST_TEST(value.last_failure()->code == errc::already_expired);
    BOOST_TEST(fetches() > 2u);
    fixed.clear();
    pass_in_steps(5min, 1s);
    BOOST_TEST(ask() != "waiting");
}

BOOST_AUTO_TEST_CASE(a_value_that_was_fetched_after_the_refused_one_was_used_stays_in_use) {
    start(value.run());
    auto used = value.number();
    pass(1min);
    value.request_refresh();
    pass(0s);
    value.refuse(used);
    BOOST_TEST(ask() == "value-2");
    value.refuse(value.number());
    BOOST_TEST(!value.current());
}

BOOST_AUTO_TEST_CASE(values_are_numbered_from_one) {
    BOOST_TEST(value.number() == 0u);
    start(value.run());
    BOOST_TEST(value.number() == 1u);
    value.refuse(0);
    BOOST_TEST(ask() == "value-1");
}

BOOST_AUTO_TEST_CASE(what_has_expired_on_arrival_is_a_failure_and_no_busy_loop) {
    life = 0s;
    start(value.run());
    pass_in_steps(60s, 100ms);
    BOOST_TEST(value.last_failure()->code.text() == "already_expired");
    BOOST_TEST(ask() == "waiting");
    BOOST_TEST(fetches() < 30u);
}

BOOST_AUTO_TEST_CASE(reports_its_age_and_what_is_left) {
    start(value.run());
    pass(10min);
    BOOST_TEST((value.age() == 10min));
    BOOST_TEST((value.time_left() == 50min));
}

BOOST_AUTO_TEST_CASE(reports_what_happened) {
    start(value.run());
    BOOST_TEST(events.size() == 1u);
    BOOST_TEST(!events[0].problem);
    BOOST_TEST((events[0].time_left == 60min));
    broken = failure{service_code("down"), remedy::retry, "no"};
    value.request_refresh();
    pass(30s);
    BOOST_TEST(events.size() == 2u);
    BOOST_TEST(events[1].problem);
    BOOST_TEST(events[1].failed_fetches == 1u);
}

BOOST_AUTO_TEST_CASE(ends_when_cancelled_while_it_waits) {
    auto running = start(value.run());
    cancel(*running);
    BOOST_TEST(bool(running->error));
}

BOOST_AUTO_TEST_CASE(a_cancelled_caller_leaves_the_others_waiting) {
    auto one = start(value.get());
    auto two = start(value.get());
    cancel(*one);
    BOOST_TEST(bool(one->error));
    start(value.run());
    BOOST_TEST(**two->value == "value-1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(timed_wait_, test::world)

BOOST_AUTO_TEST_CASE(ends_at_the_time) {
    event happened(io.get_executor());
    auto waiting = start(wait_until(happened, clock, clock.now() + 5s));
    pass(4s);
    BOOST_TEST(!waiting->done());
    pass(1s);
    BOOST_TEST(waiting->value.has_value());
}

BOOST_AUTO_TEST_CASE(ends_at_the_event) {
    event happened(io.get_executor());
    auto waiting = start(wait_until(happened, clock, clock.now() + 5s));
    happened.notify_all();
    settle();
    BOOST_TEST(waiting->value.has_value());
}

BOOST_AUTO_TEST_CASE(ends_when_cancelled) {
    event happened(io.get_executor());
    auto waiting = start(wait_until(happened, clock, clock.now() + 5s));
    cancel(*waiting);
    BOOST_TEST(waiting->done());
}

BOOST_AUTO_TEST_SUITE_END()
