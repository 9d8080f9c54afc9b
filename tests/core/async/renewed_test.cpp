#include "async/refreshed.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace kustodrop;

namespace {

// Gives value-1, value-2, … each good for an hour.
struct renewing : test::world {
    asio::awaitable<result<fresh<std::string>>> fetch() {
        ++fetches;
        if (slow) co_await clock.sleep_until(clock.now() + *slow);
        if (broken) co_return *broken;
        fresh<std::string> out;
        out.value = "value-" + std::to_string(fetches);
        out.expires_at = clock.now() + 1h;
        co_return out;
    }

    std::string ask() {
        auto asked = start(value.get());
        if (!asked->value) return cancel(*asked), "waiting";
        return **asked->value;
    }

    std::optional<duration> slow;
    std::optional<failure> broken;
    int fetches = 0;
    random_generator random{7};
    refreshed<std::string> value{io.get_executor(), clock, random, [this] { return fetch(); }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(renewed_, renewing)

BOOST_AUTO_TEST_CASE(a_value_that_is_renewed_is_given_up_where_another_one_can_be_had) {
    start(value.run());
    pass(5min);
    auto refused = value.current();
    slow = 2s;
    value.renew(refused);
    BOOST_TEST(!value.current());
    BOOST_TEST(ask() == "waiting");
    pass(2s);
    BOOST_TEST(ask() == "value-2");
    value.renew(refused);
    BOOST_TEST(ask() == "value-2");
}

BOOST_AUTO_TEST_CASE(a_young_value_stays_in_use_until_there_is_another) {
    start(value.run());
    pass(10s);
    value.renew(value.current());
    BOOST_TEST(ask() == "value-1");
    BOOST_TEST(fetches == 1);
    pass(19s);
    BOOST_TEST(ask() == "value-1");
    pass(1s);
    BOOST_TEST(ask() == "value-2");
}

BOOST_AUTO_TEST_CASE(a_value_is_not_given_up_while_none_can_be_fetched) {
    start(value.run());
    pass(5min);
    broken = failure{errc::connect_refused, remedy::retry, "why"};
    value.request_refresh();
    pass(1s);
    BOOST_REQUIRE(value.last_failure().has_value());
    value.renew(value.current());
    BOOST_TEST(ask() == "value-1");
}

BOOST_AUTO_TEST_SUITE_END()
