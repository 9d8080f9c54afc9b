#include "http/client/connection.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

struct quiet_connection final : http::connection {
    explicit quiet_connection(int number) : number(number) {}
    asio::awaitable<http::io_count> read_some(asio::mutable_buffer, http::io_limits) override {
        co_return http::io_count{};
    }
    asio::awaitable<http::io_count> write_some(asio::const_buffer, http::io_limits) override {
        co_return http::io_count{};
    }
    bool is_quiet() override { return true; }
    int number;
};

struct pooled : test::world {
    http::connection_pool pool{io.get_executor(), clock, 8, 60s};

    std::unique_ptr<http::connection_pool::lease> lease(duration longest_rest) {
        auto got = start(pool.acquire("https://a", longest_rest, clock.now() + 1s));
        return std::move(*got->value);
    }
    /// The number of the connection at rest that it was given, 0 for none; it is kept.
    int used(duration longest_rest) {
        auto got = lease(longest_rest);
        auto* line = static_cast<quiet_connection*>(got->line.get());
        auto number = line ? line->number : 0;
        if (line) got->keep();
        return number;
    }
    void rest(int number) {
        auto got = lease(0s);
        got->line = std::make_unique<quiet_connection>(number);
        got->keep();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connection_pool_, pooled)

BOOST_AUTO_TEST_CASE(what_must_not_be_repeated_takes_no_connection_that_has_rested) {
    rest(1);
    BOOST_TEST(used(2s) == 1);
    clock.advance(1s);
    BOOST_TEST(used(2s) == 1);
    clock.advance(2s);
    BOOST_TEST(used(2s) == 0);
    // It stays there for what may be repeated.
    BOOST_TEST(used(60s) == 1);
    BOOST_TEST(used(2s) == 1);
}

BOOST_AUTO_TEST_CASE(the_youngest_one_decides) {
    rest(1);
    clock.advance(10s);
    rest(2);
    BOOST_TEST(used(2s) == 2);
    clock.advance(59s);
    BOOST_TEST(used(60s) == 2);
}

BOOST_AUTO_TEST_CASE(after_its_idle_time_none_is_used) {
    rest(1);
    clock.advance(60s);
    BOOST_TEST(used(600s) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
