#include "async/recurring.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using turn = recurring::turn;

namespace {

struct recurring_world {
    test::manual_clock clock;
    recurring failures;

    std::string fails(const std::string& place = "account1", const std::string& kind = "busy") {
        auto said = failures.failed(place, kind, clock.now());
        return said ? text_of(*said) : "";
    }
    std::string works(const std::string& place = "account1") {
        return all(failures.worked(place, clock.now()));
    }
    std::string due() { return all(failures.due(clock.now())); }
    void pass(duration time) { clock.advance(time); }

    static std::string all(const std::vector<recurring::news>& said) {
        std::string out;
        for (auto& one : said) out += (out.empty() ? "" : ", ") + text_of(one);
        return out;
    }
    static std::string text_of(const recurring::news& said) {
        auto what = said.what == turn::begins    ? "begins"
                    : said.what == turn::goes_on ? "continues"
                                                 : "ended";
        auto seconds = std::chrono::duration_cast<std::chrono::seconds>(said.lasted).count();
        return std::string(what) + " " + said.kind + " " + std::to_string(said.times) + " in " +
               std::to_string(seconds) + "s";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recurring_, recurring_world)

BOOST_AUTO_TEST_CASE(a_failure_is_said_when_it_begins) {
    BOOST_TEST(fails() == "begins busy 1 in 0s");
}

BOOST_AUTO_TEST_CASE(an_outage_is_said_once_a_minute_with_its_count) {
    fails();
    std::vector<std::string> said;
    for (int second = 1; second <= 180; ++second) {
        pass(1s);
        auto text = fails();
        if (!text.empty()) said.push_back(text);
    }
    std::vector<std::string> wanted{
        "continues busy 61 in 60s", "continues busy 121 in 120s", "continues busy 181 in 180s"};
    BOOST_TEST(said == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_end_is_said_at_once_and_once) {
    fails();
    pass(5s);
    fails();
    BOOST_TEST(works() == "ended busy 2 in 5s");
    BOOST_TEST(works() == "");
    pass(10min);
    BOOST_TEST(due() == "");
}

BOOST_AUTO_TEST_CASE(what_works_from_the_start_is_not_said) { BOOST_TEST(works() == ""); }

BOOST_AUTO_TEST_CASE(kinds_and_places_are_distinguished) {
    BOOST_TEST(fails("account1", "busy") == "begins busy 1 in 0s");
    BOOST_TEST(fails("account1", "reset") == "begins reset 1 in 0s");
    BOOST_TEST(fails("account2", "busy") == "begins busy 1 in 0s");
    BOOST_TEST(works("account1") == "ended busy 1 in 0s, ended reset 1 in 0s");
    BOOST_TEST(works("account") == "");
    BOOST_TEST(works("account2") == "ended busy 1 in 0s");
}

BOOST_AUTO_TEST_CASE(what_comes_back_much_later_begins_again) {
    fails();
    works();
    pass(1min);
    BOOST_TEST(fails() == "begins busy 1 in 0s");
}

BOOST_AUTO_TEST_CASE(what_flickers_is_at_most_two_lines_a_minute) {
    std::size_t lines = 0;
    for (int second = 0; second < 600; ++second) {
        if (!fails().empty()) ++lines;
        if (!works().empty()) ++lines;
        pass(1s);
    }
    BOOST_TEST(lines >= 10u);
    BOOST_TEST(lines <= 20u);
}

BOOST_AUTO_TEST_CASE(an_end_that_came_too_soon_is_said_when_it_is_time) {
    fails();
    works();
    pass(10s);
    BOOST_TEST(fails() == "");
    pass(10s);
    BOOST_TEST(works() == "");
    pass(30s);
    BOOST_TEST(due() == "");
    pass(10s);
    BOOST_TEST(due() == "ended busy 2 in 20s");
    BOOST_TEST(due() == "");
}

BOOST_AUTO_TEST_CASE(an_end_that_was_none_is_not_said) {
    fails();
    works();
    pass(10s);
    fails();
    works();
    pass(10s);
    fails();
    pass(1min);
    BOOST_TEST(due() == "");
    BOOST_TEST(fails() == "continues busy 4 in 80s");
}

BOOST_AUTO_TEST_CASE(only_so_many_are_distinguished) {
    recurring few({1min, 2});
    auto begins = [&](const char* place) {
        auto said = few.failed(place, "busy", clock.now());
        pass(1s);
        return said && said->what == turn::begins;
    };
    BOOST_TEST(begins("a"));
    BOOST_TEST(begins("b"));
    BOOST_TEST(begins("c"));
    BOOST_TEST(!begins("b"));
    BOOST_TEST(begins("a"));
}

BOOST_AUTO_TEST_SUITE_END()
