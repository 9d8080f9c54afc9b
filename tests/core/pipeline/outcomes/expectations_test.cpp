#include "pipeline/outcomes/expectations.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

using namespace kustodrop;
using pipeline::expectations;

struct awaited {
    expectations list;
    time_point start = time_point(1h);

    std::string in_order(std::size_t most = 100) {
        std::string out;
        list.each([&](const expectations::entry& one) {
            out += one.source_id;
            return out.size() < most;
        });
        return out;
    }
};

BOOST_FIXTURE_TEST_SUITE(expectations_, awaited)

BOOST_AUTO_TEST_CASE(an_empty_list_has_neither_an_oldest_nor_a_youngest) {
    BOOST_TEST(list.empty());
    BOOST_TEST(!list.oldest().has_value());
    BOOST_TEST(!list.youngest().has_value());
}

BOOST_AUTO_TEST_CASE(the_oldest_post_comes_first_whatever_the_order_of_the_calls) {
    list.add("b", start + 2s);
    list.add("a", start + 3s);
    list.add("c", start + 1s);
    BOOST_TEST(in_order() == "cba");
    BOOST_TEST((list.oldest() == start + 1s));
    BOOST_TEST((list.youngest() == start + 3s));
}

BOOST_AUTO_TEST_CASE(posts_of_one_moment_are_ordered_by_id) {
    const std::string first = "00000000-0000-4000-8000-000000000001";
    const std::string second = "00000000-0000-4000-8000-000000000002";
    list.add(second, start);
    list.add(first, start);
    BOOST_TEST(in_order() == first + second);
}

BOOST_AUTO_TEST_CASE(the_same_post_twice_is_visited_once) {
    list.add("a", start);
    list.add("b", start);
    list.add("a", start);
    BOOST_TEST(in_order() == "ab");
}

BOOST_AUTO_TEST_CASE(says_what_a_sorted_list_says) {
    std::mt19937_64 random(7);
    std::map<std::string, time_point> expected;
    for (int step = 0; step < 20'000; ++step) {
        auto id = spool::id_of({0, random() % (step < 10'000 ? 3000 : 30)});
        if (random() % 5 < 2) {
            list.remove(id);
            expected.erase(id);
        } else {
            expected[id] = start + step * 1s - random() % 4 * 10s;
            list.add(id, expected[id]);
        }
        BOOST_TEST_REQUIRE(list.size() == expected.size());
        if (step % 97 != 0 || expected.empty()) continue;
        std::set<std::pair<time_point, std::string>> sorted;
        for (auto& [known, at] : expected) sorted.emplace(at, known);
        auto next = sorted.begin();
        list.each([&](const expectations::entry& one) {
            BOOST_TEST_REQUIRE((one.source_id == next->second && one.posted_at == next->first));
            ++next;
            return true;
        });
        BOOST_TEST((next == sorted.end()));
        BOOST_TEST((list.oldest() == sorted.begin()->first));
        BOOST_TEST((list.youngest() == sorted.rbegin()->first));
    }
}

BOOST_AUTO_TEST_CASE(a_source_that_is_posted_again_is_as_old_as_its_last_post) {
    list.add("a", start);
    list.add("b", start + 1s);
    list.add("a", start + 2s);
    BOOST_TEST(list.size() == 2u);
    BOOST_TEST(in_order() == "ba");
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_not_awaited) {
    list.add("a", start);
    list.remove("a");
    list.remove("never added");
    BOOST_TEST(!list.contains("a"));
    BOOST_TEST(list.empty());
}

BOOST_AUTO_TEST_CASE(it_is_known_where_notifications_may_come) {
    list.add("a", start);
    list.add("b", start, {true, true});
    BOOST_TEST((list.reported() == spool::report_places{true, true}));
    list.remove("b");
    BOOST_TEST((list.reported() == spool::report_places{true, false}));
    list.add("a", start, {false, true});
    BOOST_TEST((list.reported() == spool::report_places{false, true}));
}

BOOST_AUTO_TEST_CASE(a_visit_ends_when_the_visitor_says_so) {
    list.add("a", start);
    list.add("b", start + 1s);
    BOOST_TEST(in_order(1) == "a");
}

BOOST_AUTO_TEST_SUITE_END()
