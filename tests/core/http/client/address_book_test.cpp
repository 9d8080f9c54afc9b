#include "http/client/address_book.hpp"

#include "names.hpp"
#include "support/manual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using addresses = std::vector<asio::ip::address>;

namespace {

// Lookups run on threads of their own, so the loop is turned until an answer has come.
struct naming {
    test::manual_clock clock;  // Outlives what still waits on it.
    asio::io_context io{1};
    http::address_book names{io.get_executor(), clock};

    /// Nothing: no answer within some seconds.
    std::optional<result<addresses>> find(const std::string& host) {
        auto out = std::make_shared<std::optional<result<addresses>>>();
        auto take = [out](std::exception_ptr, result<addresses> found) { out->emplace(found); };
        asio::co_spawn(io, names.find(host, 10s), take);
        for (int turn = 0; turn < 300 && !*out; ++turn) {
            io.restart();
            io.run_for(std::chrono::milliseconds(10));
        }
        return *out;
    }

    bool is_found(const std::string& host) {
        auto found = find(host);
        return found && found->has_value() && !(*found)->empty();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(address_book_, naming)

BOOST_AUTO_TEST_CASE(a_name_known_good_is_used_at_once_while_the_name_service_hangs) {
    BOOST_TEST(is_found("sometimes.test"));
    clock.advance(11s);
    test::stalled_names stalled;
    BOOST_TEST(is_found("sometimes.test"));
    clock.advance(50min);
    BOOST_TEST(is_found("sometimes.test"));
}

BOOST_AUTO_TEST_CASE(a_slow_name_does_not_hold_up_the_others) {
    test::stalled_names stalled;
    auto slow = std::make_shared<bool>(false);
    auto done = [slow](std::exception_ptr, result<addresses>) { *slow = true; };
    asio::co_spawn(io, names.find("stalled.test", 10s), done);
    io.poll();
    BOOST_TEST(is_found("inside.test"));
    BOOST_TEST(!*slow);
}

BOOST_AUTO_TEST_CASE(an_address_needs_no_name_service) {
    test::stalled_names stalled;
    BOOST_TEST(is_found("192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(the_address_that_worked_last_comes_first_after_a_renewal_too) {
    BOOST_TEST(is_found("inside.test"));
    names.worked("inside.test", asio::ip::make_address("127.0.0.1"));
    clock.advance(11s);
    BOOST_TEST(is_found("inside.test"));
}

BOOST_AUTO_TEST_SUITE_END()
