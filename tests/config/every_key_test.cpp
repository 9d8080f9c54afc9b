#include "every_key.hpp"

#include "config/yaml_document.hpp"
#include "configuration.hpp"
#include "one_key.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
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
            for (auto* word :
                 {"allowed: ",
                  "; leave it at ",
                  "; use ",
                  "; write ",
                  "; give ",
                  "; set ",
                  " needs it"}) {
                helps = helps || message.find(word) != std::string::npos;
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
                        "; allowed: once\n";
        BOOST_TEST_CONTEXT(twice) { BOOST_TEST(problems_of(twice) == expected); }
    }
}

static void collect(const config::node& node, const std::string& path, std::set<std::string>& out) {
    for (auto& item : node.items) collect(item, path, out);
    for (auto& entry : node.entries) {
        auto key = path.empty() ? entry.key : path + "." + entry.key;
        out.insert(key);
        collect(entry.value, key, out);
    }
}

static std::set<std::string> all_keys() {
    std::set<std::string> out;
    for (auto& chosen : every_key()) {
        out.insert(chosen.section.empty() ? chosen.key : chosen.section + "." + chosen.key);
    }
    return out;
}

BOOST_AUTO_TEST_CASE(stands_in_the_example) {
    std::ifstream file(KUSTODROP_SOURCE_DIR "/config/kustodrop.example.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    auto parsed = config::parse_yaml(text.str(), "example");
    std::set<std::string> there;
    collect(parsed.root, "", there);
    auto wanted = all_keys();
    BOOST_TEST(there == wanted, boost::test_tools::per_element());
}

// The list of allowed keys in a message about an unknown one.
static std::set<std::string> allowed_in(const std::string& section) {
    key_case unknown{section, "zzzzzzzzzzzz", "", {}};
    auto loaded = load(write(unknown, "1").text);
    BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
    auto& message = loaded.problems[0].message;
    std::set<std::string> out;
    std::string list = message.substr(message.find("allowed: ") + 9) + ", ";
    for (std::size_t at = 0; at < list.size();) {
        auto end = list.find(", ", at);
        out.insert(list.substr(at, end - at));
        at = end + 2;
    }
    return out;
}

BOOST_AUTO_TEST_CASE(is_in_this_table) {
    std::map<std::string, std::set<std::string>> table;
    for (auto& chosen : every_key()) table[chosen.section].insert(chosen.key);
    for (auto& [section, keys] : table) {
        auto allowed = section.empty() ? keys : allowed_in(section);
        if (section.empty()) {
            auto loaded = load(minimal() + "zzzzzzzzzzzz: 1\n");
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
            for (auto& key : keys) {
                BOOST_TEST(loaded.problems[0].message.find(key) != std::string::npos);
            }
        }
        BOOST_TEST_CONTEXT(section) {
            BOOST_TEST(allowed == keys, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
