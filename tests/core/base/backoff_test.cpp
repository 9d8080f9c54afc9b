#include "base/backoff.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace kustodrop;

namespace {

std::vector<duration> draws(unsigned attempts, std::optional<duration> wish = {}) {
    static constexpr backoff_options options{.base = 1s, .cap = 60s};
    random_generator random(1);
    std::vector<duration> all(1000);
    for (auto& wait : all) wait = next_wait(attempts, options, wish, random);
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backoff_)

BOOST_AUTO_TEST_CASE(doubles_its_ceiling_up_to_the_cap) {
    auto ceilings = std::vector<duration>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (unsigned i = 0; i < ceilings.size(); ++i) {
        auto all = draws(i + 1);
        BOOST_TEST((all.front() >= 0s && all.back() <= ceilings[i]));
        // A uniform draw comes near both ends in a thousand tries.
        BOOST_TEST((all.front() < ceilings[i] / 20 && all.back() > ceilings[i] * 19 / 20));
    }
}

BOOST_AUTO_TEST_CASE(draws_evenly) {
    auto all = draws(5);
    BOOST_TEST((all[250] > 3s && all[250] < 5s));
    BOOST_TEST((all[750] > 11s && all[750] < 13s));
}

BOOST_AUTO_TEST_CASE(does_not_overflow) {
    BOOST_TEST((draws(4'000'000'000u).back() <= 60s));
    BOOST_TEST((draws(0).back() <= 1s));
}

BOOST_AUTO_TEST_CASE(never_waits_less_than_the_server_wishes) {
    auto all = draws(5, 10s);
    BOOST_TEST((all.front() == 10s));
    BOOST_TEST((all.back() > 15s && all.back() <= 16s));
}

BOOST_AUTO_TEST_CASE(honours_a_wish_above_its_cap_but_not_above_an_hour) {
    BOOST_TEST((draws(1, 10min).front() == 10min));
    BOOST_TEST((draws(1, 10min).back() == 10min));
    BOOST_TEST((draws(1, 30h).back() == 1h));
}

BOOST_AUTO_TEST_SUITE_END()
