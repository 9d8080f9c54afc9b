#include "every_key.hpp"

#include "config/keys/table.hpp"
#include "configuration.hpp"
#include "one_key.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>

using namespace kustodrop;
using namespace kustodrop::test;

static const machine secretive{{}, {{"/s", "hunter2 3xposed\n"}}};

BOOST_AUTO_TEST_SUITE(every_key_)

BOOST_AUTO_TEST_CASE(is_accepted_with_a_good_value) {
    for (auto& chosen : every_key()) {
        if (chosen.good.empty()) continue;
        auto text = write(chosen, chosen.good).text;
        if (chosen.key == "ignore_first_record") BOOST_TEST(text.find("csv") != std::string::npos);
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(problems_of(text) == ""); }
    }
}

BOOST_AUTO_TEST_CASE(yields_exactly_one_problem_at_its_place_for_each_wrong_value) {
    int count = 0;
    for (auto& chosen : every_key()) {
        for (auto& value : chosen.wrong) {
            auto expected = write(chosen, value);
            auto loaded = load(expected.text);
            ++count;
            BOOST_TEST_CONTEXT(expected.text + "\n" + printed(loaded)) {
                BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
                auto& problem = loaded.problems[0];
                // What is wrong within a list stands at its item.
                bool in_list = value.starts_with('[') && problem.key == full_key(chosen) + "[0]";
                bool missing = value.empty() || value == "~";
                auto column = missing ? expected.key_column : expected.value_column;
                if (in_list) ++column;
                BOOST_TEST((in_list || problem.key == full_key(chosen)));
                BOOST_TEST(problem.line == expected.line);
                BOOST_TEST(problem.column == column);
                BOOST_TEST(!problem.warning);
                BOOST_TEST(!loaded.ok());
                BOOST_TEST(problem.message.find('\n') == std::string::npos);
            }
        }
    }
    BOOST_TEST(count > 400);
}

BOOST_AUTO_TEST_CASE(says_what_is_allowed_or_what_to_do) {
    for (auto& chosen : every_key()) {
        for (auto& value : chosen.wrong) {
            auto loaded = load(write(chosen, value).text);
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
            auto& message = loaded.problems[0].message;
            bool helps = false;
            for (auto* advice :
                 {"allowed: ",  // Of patterns and of the proxy.
                  "; use ",
                  "? Use ",
                  "; write ",
                  "; give ",
                  "; set ",
                  " needs it"}) {
                helps = helps || message.find(advice) != std::string::npos;
            }
            BOOST_TEST_CONTEXT(message) { BOOST_TEST(helps); }
        }
    }
}

BOOST_AUTO_TEST_CASE(never_shows_what_a_reference_brought) {
    for (auto& chosen : every_key()) {
        for (std::string value : {"'${file:/s}'", "['${file:/s}']", "{a: '${file:/s}'}"}) {
            auto text = write(chosen, value).text;
            auto problems = problems_of(text, secretive);
            BOOST_TEST_CONTEXT(text + problems) {
                BOOST_TEST(problems.find("hunter2") == std::string::npos);
                BOOST_TEST(problems.find("3xposed") == std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(may_be_given_once) {
    for (auto& chosen : every_key()) {
        if (chosen.good.empty()) continue;
        auto once = write(chosen, chosen.good);
        auto lines = once.text;
        std::istringstream stream(lines);
        std::string twice;
        std::string line;
        for (int number = 1; std::getline(stream, line); ++number) {
            twice += line + "\n";
            if (number == once.line) twice += line + "\n";
        }
        auto expected = "k.yaml:" + std::to_string(once.line + 1) + ":" +
                        std::to_string(once.key_column) + ": " + full_key(chosen) +
                        ": is given twice, first in line " + std::to_string(once.line) +
                        "; use it once\n";
        BOOST_TEST_CONTEXT(twice) { BOOST_TEST(problems_of(twice) == expected); }
    }
}

static void collect(
    const std::vector<config::documented_key>& keys,
    const std::string& path,
    std::set<std::string>& out
) {
    for (auto& one : keys) {
        auto key =
            path.empty() ? std::string(one.facts.name) : path + "." + std::string(one.facts.name);
        out.insert(key);
        collect(one.keys, key, out);
    }
}

BOOST_AUTO_TEST_CASE(of_the_table_is_tried_here) {
    std::set<std::string> tried;
    for (auto& chosen : every_key()) {
        tried.insert(chosen.section.empty() ? chosen.key : chosen.section + "." + chosen.key);
    }
    std::set<std::string> there;
    collect(config::documented_keys(), "", there);
    BOOST_TEST(there == tried, boost::test_tools::per_element());
}

static void check_documented(const std::vector<config::documented_key>& keys) {
    for (auto& one : keys) {
        BOOST_TEST_CONTEXT(one.facts.name) {
            BOOST_TEST(!one.facts.doc.empty());
            BOOST_TEST(one.facts.doc.ends_with('.'));
        }
        check_documented(one.keys);
    }
}

BOOST_AUTO_TEST_CASE(is_documented) { check_documented(config::documented_keys()); }

BOOST_AUTO_TEST_SUITE_END()
