#include "pipeline/watch/priority_turns.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace kustodrop::pipeline;

using flags = priority_turns::flags;

namespace {

struct turns {
    priority_turns decider;
    flags has{};

    // "H", "N" or "L": the next of those that have some.
    char next() {
        for (auto one : decider.next()) {
            auto at = static_cast<std::size_t>(one);
            if (!has[at]) continue;
            decider.served(one, has);
            return "HNL"[at];
        }
        return '-';
    }
    std::string next(int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += next();
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(priority_turns_, turns)

BOOST_AUTO_TEST_CASE(one_priority_alone_is_always_served) {
    for (std::size_t only = 0; only < priorities; ++only) {
        has = {};
        has[only] = true;
        BOOST_TEST(next(20) == std::string(20, "HNL"[only]));
    }
}

BOOST_AUTO_TEST_CASE(high_is_before_normal_before_low) {
    has = {true, true, true};
    BOOST_TEST(next() == 'H');
    has = {false, true, true};
    BOOST_TEST(next() == 'N');
    has = {false, false, true};
    BOOST_TEST(next() == 'L');
    has = {};
    BOOST_TEST(next() == '-');
}

BOOST_AUTO_TEST_CASE(of_eight_in_a_row_one_is_of_each_that_has_some) {
    for (auto given :
         {flags{true, true, true},
          flags{true, false, true},
          flags{true, true, false},
          flags{false, true, true}}) {
        has = given;
        decider = {};
        auto served = next(1000);
        for (std::size_t at = 0; at + 8 <= served.size(); ++at) {
            auto row = served.substr(at, 8);
            for (std::size_t i = 0; i < priorities; ++i) {
                BOOST_REQUIRE((row.find("HNL"[i]) != row.npos) == has[i]);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_high_takes_no_more_than_its_share) {
    has = {true, true, true};
    auto served = next(800);
    auto high = std::count(served.begin(), served.end(), 'H');
    BOOST_TEST(high >= 560);
    has = {true, false, true};
    served = next(800);
    BOOST_TEST(std::count(served.begin(), served.end(), 'L') == 100);
}

BOOST_AUTO_TEST_CASE(one_that_had_nothing_has_not_waited) {
    has = {true, false, false};
    next(100);
    has = {true, false, true};
    BOOST_TEST(next(8) == "HHHHHHHL");
}

BOOST_AUTO_TEST_CASE(one_that_comes_and_goes_waits_from_its_coming) {
    has = {true, false, true};
    BOOST_TEST(next(6) == "HHHHHH");
    has = {true, false, false};
    BOOST_TEST(next() == 'H');
    has = {true, false, true};
    BOOST_TEST(next(8) == "HHHHHHHL");
}

BOOST_AUTO_TEST_SUITE_END()
