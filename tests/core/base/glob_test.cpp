#include "base/glob.hpp"

#include "async/clock.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(glob_)

BOOST_AUTO_TEST_CASE(matches_as_operators_know_it) {
    struct row {
        std::string pattern;
        std::string path;
        bool matches;
    };
    for (auto& [pattern, path, matches] : std::initializer_list<row>{
             {"*", "a.json", true},
             {"*", "sub/a.json", true},
             {"*", ".hidden", true},
             {"*.json", "a.json", true},
             {"*.json", ".json", true},
             {"*.json", "a.json.gz", false},
             {"*.json", "a.JSON", false},
             {"*.json", "sub/deep/a.json", true},
             {"a*b*c", "aXbYbZc", true},
             {"a*b*c", "aXbYbZ", false},
             {"a.json", "a.json", true},
             {"a.json", "b/a.json", true},
             {"a.json", "a.jso", false},
             {"a.json", "a.jsonx", false},
             {"?", "a", true},
             {"?", "ab", false},
             {"?", "", false},
             {"?.csv", "é.csv", true},
             {"??.csv", "é.csv", false},
             {"?.csv", "\xFF.csv", true},
             {"[a-c].csv", "b.csv", true},
             {"[a-c].csv", "d.csv", false},
             {"[!a-c].csv", "d.csv", true},
             {"[^a-c].csv", "a.csv", false},
             {"[]a].csv", "].csv", true},
             {"[a-].csv", "-.csv", true},
             {"[à-ü].csv", "é.csv", true},
             {"[a-z].csv", "é.csv", false},
             {"[\\]].csv", "].csv", true},
             {"[a", "[a", true},
             {"[0-9][0-9]", "42", true},
             {"\\*.csv", "*.csv", true},
             {"\\*.csv", "a.csv", false},
             {"a\\", "a\\", true},
             {"sub/*.json", "sub/a.json", true},
             {"sub/*.json", "a.json", false},
             {"sub/*.json", "sub/deep/a.json", false},
             {"sub/*.json", "x/sub/a.json", false},
             {"*/a.json", "sub/a.json", true},
             {"*/a.json", "a.json", false},
             {"**/a.json", "a.json", true},
             {"**/a.json", "x/y/a.json", true},
             {"x/**/a.json", "x/a.json", true},
             {"x/**/a.json", "x/1/2/3/a.json", true},
             {"x/**/a.json", "y/a.json", false},
             {"x/**/y/**/z", "x/1/y/2/y/3/z", true},
             {"x/**/y/**/z", "x/1/2/z", false},
             {"tmp/**", "tmp/a", true},
             {"tmp/**", "tmp/a/b/c", true},
             {"tmp/**", "tmp", false},
             {"tmp/**", "tmpx/a", false},
             {"**/tmp/**", "a/tmp/b", true},
             {"**", "a/b/c", true},
             {"a**b", "aXXb", true},
             {"a**/b", "aXX/b", true},
             {"a**/b", "a/x/b", false}}) {
        BOOST_TEST_CONTEXT(pattern + " on " + path) {
            BOOST_TEST(glob_matches(pattern, path) == matches);
        }
    }
}

BOOST_AUTO_TEST_CASE(does_not_let_a_star_or_a_class_cross_a_slash) {
    BOOST_TEST(!glob_matches("a*b/c", "a/b/c"));
    BOOST_TEST(!glob_matches("a?b/c", "a/b/c"));
    BOOST_TEST(!glob_matches("x/a[!x]b", "x/a/b"));
}

BOOST_AUTO_TEST_CASE(takes_no_exponential_time) {
    std::string pattern;
    std::string deep;
    for (int i = 0; i < 100; ++i) {
        pattern += "*a";
        deep += "**/a/";
    }
    auto begun = kustodrop::real_clock().now();
    BOOST_TEST(!glob_matches(pattern + "b", std::string(255, 'a')));
    std::string path;
    for (int i = 0; i < 500; ++i) path += "a/";
    BOOST_TEST(!glob_matches(deep + "b", path + "c"));
    BOOST_TEST((kustodrop::real_clock().now() - begun < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(has_nothing_against_good_patterns) {
    for (auto* pattern :
         {"*", "*.json", "[a-z]*", "[]a]", "[!]]", "a/**/b", "**", "\\{a\\}", "a}", "é*", "a,b"}) {
        BOOST_TEST_CONTEXT(pattern) { BOOST_TEST(!glob_problem(pattern).has_value()); }
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_pattern) {
    struct row {
        std::string pattern;
        std::string problem;
    };
    for (auto& [pattern, problem] : std::initializer_list<row>{
             {"", "is empty; allowed: a pattern like *.json"},
             {std::string(1025, 'a'), "is too long; allowed: 1024 bytes"},
             {"/a", "begins with a slash; allowed: a pattern relative to the watch's path"},
             {"a/",
              "ends with a slash, and only files are matched; write folder/** for what is "
              "in it"},
             {"a//b", "has an empty part between slashes; allowed: names"},
             {"../a", "has . or .. as a part; allowed: names"},
             {"./a", "has . or .. as a part; allowed: names"},
             {"a\\", "ends with a \\ that escapes nothing; write \\\\ for the character"},
             {"*.{a,b}",
              "has a {, and braces are not supported; write one pattern for each choice, or \\{ "
              "for the character"},
             {"[a", "has a [ without its ]; write \\[ for the character"},
             {"[]", "has a [ without its ]; write \\[ for the character"},
             {"[z-a]", "has a range that runs backwards; write it like [a-z]"}}) {
        auto found = glob_problem(pattern);
        BOOST_TEST_CONTEXT(pattern) {
            BOOST_TEST_REQUIRE(found.has_value());
            BOOST_TEST(*found == problem);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
