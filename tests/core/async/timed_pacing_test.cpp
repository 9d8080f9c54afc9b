#include "async/pacing.hpp"
#include "base/text.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace kustodrop;

static std::chrono::seconds in_utc(wall_time) { return std::chrono::seconds(0); }

static const timetable_entry morning{0x7F, 7 * 60, 100'000};

// 100 kB a second from 07:00 to 19:00, 400 kB a second by night.
static timetable by_day() { return timetable({morning, {0x7F, 19 * 60, 400'000}}); }

static timetable free_by_night() { return timetable({morning, {0x7F, 19 * 60, 0}}); }

namespace {

struct line : test::world {
    ~line() {
        for (auto& one : senders) cancel(*one);
    }

    asio::awaitable<void> send(pacer& limit) {
        for (;;) {
            auto piece = limit.piece_bytes();
            co_await limit.wait_for(piece);
            sent += static_cast<double>(piece);
        }
    }

    void begin(pacer& limit) { senders.push_back(start(send(limit))); }

    // How much was sent in that time.
    double sent_in(duration span) {
        auto before = sent;
        for (duration passed{}; passed < span; passed += 10ms) pass(10ms);
        return sent - before;
    }

    void set_to(std::string_view text) { clock.set_wall(parse_iso8601(text).value()); }

    std::vector<std::shared_ptr<test::task<std::monostate>>> senders;
    double sent = 0;
};

}  // namespace

static void check_near(double found, double wanted) {
    BOOST_TEST_CONTEXT(found << " of " << wanted) {
        BOOST_TEST(std::abs(found - wanted) <= wanted / 20);
    }
}

BOOST_FIXTURE_TEST_SUITE(timed_pacing, line)

BOOST_AUTO_TEST_CASE(the_rate_of_the_moment_holds_within_5_percent) {
    set_to("2026-01-05T18:59:30Z");
    pacer limit(clock, by_day(), in_utc);
    for (int i = 0; i < 3; ++i) begin(limit);
    check_near(sent_in(30s), 3e6);
    sent_in(pacer::look_interval);
    check_near(sent_in(30s), 12e6);
}

BOOST_AUTO_TEST_CASE(a_minute_with_the_change_in_it_is_within_5_percent_too) {
    set_to("2026-01-05T18:59:30Z");
    pacer limit(clock, by_day(), in_utc);
    for (int i = 0; i < 3; ++i) begin(limit);
    check_near(sent_in(60s), 15e6);
}

BOOST_AUTO_TEST_CASE(a_lower_rate_holds_for_those_that_wait) {
    set_to("2026-01-05T06:59:50Z");
    pacer limit(clock, by_day(), in_utc);
    for (int i = 0; i < 3; ++i) begin(limit);
    sent_in(10s + pacer::look_interval);
    check_near(sent_in(20s), 2e6);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_with_the_rate_that_caused_it) {
    set_to("2026-01-05T18:59:50Z");
    pacer limit(clock, free_by_night(), in_utc);
    auto first = start(limit.wait_for(100'000'000));  // What follows would wait for 1 000 s.
    auto second = start(limit.wait_for(1));
    BOOST_TEST(first->done());
    BOOST_TEST(!second->done());
    sent_in(9s);
    BOOST_TEST(!second->done());
    sent_in(1s + pacer::look_interval);
    BOOST_TEST(second->done());
    BOOST_TEST(limit.bytes_per_second() == 0u);
    BOOST_TEST(limit.piece_bytes() == 65'536u);
}

BOOST_AUTO_TEST_CASE(a_jump_of_the_clock_is_noticed_within_a_second) {
    set_to("2026-01-05T12:00:00Z");
    pacer limit(clock, by_day(), in_utc);
    begin(limit);
    check_near(sent_in(10s), 1e6);
    set_to("2026-01-05T22:00:00Z");
    sent_in(pacer::look_interval);
    check_near(sent_in(10s), 4e6);
    set_to("2026-01-05T12:00:00Z");
    sent_in(pacer::look_interval);
    check_near(sent_in(10s), 1e6);
}

BOOST_AUTO_TEST_CASE(a_zone_that_is_changed_is_noticed_within_a_second) {
    set_to("2026-01-05T12:00:00Z");
    std::chrono::seconds ahead{0};
    pacer limit(clock, by_day(), [&](wall_time) { return ahead; });
    begin(limit);
    check_near(sent_in(10s), 1e6);
    ahead = std::chrono::hours(8);
    sent_in(pacer::look_interval);
    check_near(sent_in(10s), 4e6);
}

BOOST_AUTO_TEST_CASE(other_rates_hold_at_once_and_for_those_that_wait) {
    pacer limit(clock, timetable(1'000), in_utc);
    start(limit.wait_for(100'000));
    auto waits = start(limit.wait_for(1));
    limit.change(timetable(1'000));
    sent_in(2s);
    BOOST_TEST(!waits->done());
    limit.change(timetable());
    sent_in(pacer::look_interval);
    BOOST_TEST(waits->done());
    BOOST_TEST(start(limit.wait_for(1'000'000))->done());
    limit.change(timetable(100'000));
    begin(limit);
    check_near(sent_in(10s), 1e6);
}

BOOST_AUTO_TEST_SUITE_END()
