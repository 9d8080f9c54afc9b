#include "pipeline/counting/oldest_of.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace kustodrop;
using pipeline::oldest_of;

BOOST_AUTO_TEST_SUITE(oldest_of_)

BOOST_AUTO_TEST_CASE(none_of_none) { BOOST_TEST(!oldest_of().oldest().has_value()); }

BOOST_AUTO_TEST_CASE(says_what_a_sorted_list_says) {
    std::mt19937_64 random(7);
    oldest_of ages;
    std::multiset<wall_time> sorted;
    for (int step = 0; step < 20'000; ++step) {
        bool adds = sorted.empty() || random() % (step < 10'000 ? 3 : 5) < 2;
        if (adds) {
            wall_time one{std::chrono::microseconds(random() % 500)};
            ages.add(one);
            sorted.insert(one);
        } else {
            auto one = std::next(sorted.begin(), static_cast<long>(random() % sorted.size()));
            ages.remove(*one);
            sorted.erase(one);
        }
        if (sorted.empty()) {
            BOOST_TEST(!ages.oldest().has_value());
        } else {
            BOOST_REQUIRE(ages.oldest().has_value());
            BOOST_TEST((*ages.oldest() == *sorted.begin()));
        }
    }
}

BOOST_AUTO_TEST_CASE(one_that_stays_does_not_keep_those_that_went) {
    oldest_of ages;
    wall_time first{};
    ages.add(first);
    for (int number = 1; number < 100'000; ++number) {
        wall_time one{std::chrono::microseconds(number)};
        ages.add(one);
        ages.remove(one);
    }
    BOOST_TEST(ages.kept() < 200u);
    BOOST_TEST((ages.oldest() == first));
    ages.remove(first);
    BOOST_TEST(!ages.oldest().has_value());
}

BOOST_AUTO_TEST_CASE(what_was_never_there_may_go) {
    oldest_of ages;
    ages.remove(wall_time(std::chrono::microseconds(1)));
    ages.add(wall_time(std::chrono::microseconds(2)));
    ages.remove(wall_time(std::chrono::microseconds(1)));
    BOOST_TEST((ages.oldest() == wall_time(std::chrono::microseconds(2))));
}

BOOST_AUTO_TEST_SUITE_END()
