#include "http/skew_meter.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

// A calendar that is set while the program runs.
struct jumping_clock final : kustodrop::clock {
    explicit jumping_clock(kustodrop::clock& true_one) : true_one(true_one) {}
    time_point now() const override { return true_one.now(); }
    wall_time wall_now() const override { return true_one.wall_now() + ahead; }
    asio::awaitable<void> sleep_until(time_point wake) override {
        return true_one.sleep_until(wake);
    }

    kustodrop::clock& true_one;
    std::chrono::hours ahead{};
};

struct skewed_world : test::world {
    test::scripted_transport network;
    http::skew_meter meter{network, clock};

    void answer_dated(duration behind_us) {
        auto by = std::chrono::duration_cast<std::chrono::microseconds>(behind_us);
        network.answer(200, "", {{"Date", to_http_date(clock.wall_now() - by)}});
        start(meter.send({}));
    }
    long seconds() {
        return std::chrono::duration_cast<std::chrono::seconds>(meter.skew().value()).count();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(skew_meter_, skewed_world)

BOOST_AUTO_TEST_CASE(knows_nothing_before_the_first_date) {
    network.answer(200);
    start(meter.send({}));
    network.answer(200, "", {{"Date", "yesterday"}});
    start(meter.send({}));
    network.fail({errc::timeout, remedy::retry, ""});
    start(meter.send({}));
    BOOST_TEST(!meter.skew().has_value());
}

BOOST_AUTO_TEST_CASE(distinguishes_a_clock_that_is_ahead_from_one_that_is_behind) {
    answer_dated(10min);
    BOOST_TEST(seconds() == 600);
    for (int i = 0; i < 3; ++i) answer_dated(-10min);
    BOOST_TEST(seconds() == -600);
}

BOOST_AUTO_TEST_CASE(one_strange_answer_does_not_count) {
    for (int i = 0; i < 5; ++i) answer_dated(2s);
    answer_dated(5h);
    BOOST_TEST(seconds() == 2);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_put_right_is_noticed_after_some_answers) {
    for (int i = 0; i < 16; ++i) answer_dated(1h);
    for (int i = 0; i < 9; ++i) answer_dated(0s);
    BOOST_TEST(seconds() == 0);
}

BOOST_AUTO_TEST_CASE(the_services_time_does_not_follow_this_machines_calendar) {
    jumping_clock jumping{clock};
    http::skew_meter own{network, jumping};
    BOOST_TEST(!own.service_time().has_value());
    auto before = clock.wall_now();
    network.answer(200, "", {{"Date", to_http_date(before)}});
    start(own.send({}));
    jumping.ahead = 24h * 100;
    clock.advance(1min);
    auto off = std::chrono::abs(*own.service_time() - (before + 1min));
    BOOST_TEST((off <= 1s));
}

BOOST_AUTO_TEST_CASE(an_agent_on_this_machine_does_not_make_a_wrong_clock_right) {
    answer_dated(24h * 100);
    for (int i = 0; i < 5; ++i) answer_dated(0s);
    BOOST_TEST((clock.wall_now() - *meter.service_time() >= 24h * 99));
}

BOOST_AUTO_TEST_SUITE_END()
