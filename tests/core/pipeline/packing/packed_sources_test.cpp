#include "pipeline/packing/packed_sources.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace kustodrop;
using pipeline::packed_sources;

static std::string id_of(int number) {
    return "00000000-0000-4000-8000-00000000000" + std::to_string(number);
}

static spool::source waiting(int number, const std::string& watch) {
    spool::source what;
    what.id = id_of(number);
    what.watch = watch;
    what.slices.push_back({"a", "b", 0, 1});
    what.stage = spool::stage::posted{};
    return what;
}

struct some_packed {
    some_packed() {
        subject.put(waiting(1, "web"), false);
        subject.put(waiting(2, "api"), true);
        subject.put(waiting(3, "web"), true);
    }

    std::string numbers(auto each) {
        std::vector<char> found;
        each([&](const spool::source& one) { found.push_back(one.id.back()); });
        std::ranges::sort(found);
        return {found.begin(), found.end()};
    }

    packed_sources subject;
};

BOOST_FIXTURE_TEST_SUITE(packed_sources_, some_packed)

BOOST_AUTO_TEST_CASE(gives_back_what_was_put_there) {
    auto taken = subject.take(id_of(2));
    BOOST_TEST_REQUIRE(taken.has_value());
    BOOST_TEST((taken->source == waiting(2, "api")));
    BOOST_TEST(taken->is_parked);
    BOOST_TEST(!subject.take(id_of(2)).has_value());
    BOOST_TEST(subject.size() == 2u);
}

BOOST_AUTO_TEST_CASE(knows_what_it_has) {
    BOOST_TEST(subject.contains(id_of(1)));
    BOOST_TEST(!subject.contains(id_of(4)));
    BOOST_TEST(!subject.contains("another"));
    BOOST_TEST(!subject.is_parked(id_of(1)));
    BOOST_TEST(subject.is_parked(id_of(3)));
    BOOST_TEST(!subject.is_parked(id_of(4)));
}

BOOST_AUTO_TEST_CASE(takes_no_source_of_a_foreign_id) {
    auto what = waiting(1, "web");
    what.id = "1";
    BOOST_TEST(!subject.put(what, false));
    BOOST_TEST(subject.size() == 3u);
}

BOOST_AUTO_TEST_CASE(is_visited_in_whole_and_in_part) {
    BOOST_TEST(numbers([&](auto visit) { subject.each(visit); }) == "123");
    BOOST_TEST(numbers([&](auto visit) { subject.each_of("web", visit); }) == "13");
    BOOST_TEST(numbers([&](auto visit) { subject.each_parked(visit); }) == "23");
}

BOOST_AUTO_TEST_CASE(gives_all_of_a_watch) {
    BOOST_TEST(subject.take_all("web").size() == 2u);
    BOOST_TEST(subject.size() == 1u);
    BOOST_TEST(subject.take_all("web").empty());
    BOOST_TEST(subject.contains(id_of(2)));
}

BOOST_AUTO_TEST_CASE(names_and_counts_those_of_a_watch) {
    BOOST_TEST(subject.keys_of("web").size() == 2u);
    BOOST_TEST(subject.keys_of("none").empty());
    BOOST_TEST(subject.count().at("web") == 2u);
    BOOST_TEST(subject.count().at("api") == 1u);
    auto key = *spool::key_of(id_of(1));
    BOOST_TEST(subject.take(key).has_value());
    BOOST_TEST(!subject.take(key).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
