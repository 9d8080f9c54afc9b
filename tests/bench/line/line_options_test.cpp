#include "line/line_options.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using bench::read_line_options;

BOOST_AUTO_TEST_SUITE(line_options_)

BOOST_AUTO_TEST_CASE(arguments_say_what_the_line_is_like) {
    auto given = read_line_options(
        {"port=1",
         "port=65535",
         "listen=127.0.0.3",
         "to=127.0.0.4",
         "round_trip_ms=600",
         "jitter_ms=100",
         "bytes_per_second=250000",
         "stall_ms=4000",
         "stall_every_ms=40000",
         "seed=7"}
    );
    BOOST_REQUIRE(given.has_value());
    BOOST_TEST(given->ends.ports == (std::vector<std::uint16_t>{1, 65535}));
    BOOST_TEST(given->ends.listen == "127.0.0.3");
    BOOST_TEST(given->ends.to == "127.0.0.4");
    BOOST_TEST((given->shape.round_trip == 600ms));
    BOOST_TEST((given->shape.jitter == 100ms));
    BOOST_TEST(given->shape.bytes_per_second == 250'000u);
    BOOST_TEST((given->shape.stall == 4s));
    BOOST_TEST((given->shape.stall_every == 40s));
    BOOST_TEST(given->shape.seed == 7u);
}

BOOST_AUTO_TEST_CASE(what_is_not_one_of_them_is_refused) {
    for (auto* wrong :
         {"",
          "port",
          "port=",
          "port=x",
          "port=1x",
          "port=65536",
          "pace=1",
          "=1",
          "jitter_ms=-1",
          "stall_ms=3600001"}) {
        BOOST_TEST(!read_line_options({"port=1", wrong}).has_value(), wrong);
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_could_not_exist_is_refused) {
    BOOST_TEST(!read_line_options({}).has_value());
    BOOST_TEST(!read_line_options({"port=1", "bytes_per_second=0"}).has_value());
    BOOST_TEST(!read_line_options({"port=1", "round_trip_ms=5", "jitter_ms=6"}).has_value());
    BOOST_TEST(!read_line_options({"port=1", "stall_ms=5", "stall_every_ms=5"}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
