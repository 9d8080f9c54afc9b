#include "base/random.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(random_)

BOOST_AUTO_TEST_CASE(makes_version_4_guids_that_differ) {
    auto random = seeded_from_the_system();
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        auto guid = make_guid(random);
        BOOST_TEST(is_guid(guid), guid);
        BOOST_TEST(guid[14] == '4', guid);
        BOOST_TEST((guid.find_first_of("89ab", 19) == 19), guid);
        BOOST_TEST((guid.find_first_of("ABCDEF") == std::string::npos), guid);
        seen.insert(guid);
    }
    BOOST_TEST(seen.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(makes_the_same_guids_from_the_same_seed) {
    random_generator one(7);
    random_generator two(7);
    BOOST_TEST(make_guid(one) == make_guid(two));
}

BOOST_AUTO_TEST_CASE(is_seeded_differently_each_time) {
    BOOST_TEST(seeded_from_the_system()() != seeded_from_the_system()());
}

BOOST_AUTO_TEST_CASE(knows_a_guid) {
    BOOST_TEST(is_guid("0f8fad5b-d9cb-469f-a165-70867728950e"));
    BOOST_TEST(is_guid("0F8FAD5B-D9CB-469F-A165-70867728950E"));
    for (auto text : {
             "",
             "0f8fad5bd9cb469fa16570867728950e",
             "{0f8fad5b-d9cb-469f-a165-70867728950e}",
             "0f8fad5b-d9cb-469f-a165-70867728950g",
             "0f8fad5b-d9cb-469f-a165-70867728950",
             "0f8fad5b-d9cb-469f-a165_70867728950e",
         }) {
        BOOST_TEST(!is_guid(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
