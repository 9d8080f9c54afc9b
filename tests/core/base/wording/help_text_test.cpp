#include "base/wording/help_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(help_text)

BOOST_AUTO_TEST_CASE(lines_that_fit_stay_as_they_are) {
    std::string help = "Does it\nUsage: it [OPTIONS]\n\nOptions:\n  --json   Print JSON\n";
    BOOST_TEST(folded_help(help, 40) == help);
    BOOST_TEST(folded_help("", 40) == "");
    BOOST_TEST(folded_help("no end", 40) == "no end\n");
}

BOOST_AUTO_TEST_CASE(what_an_option_does_goes_on_below_its_beginning) {
    auto said = folded_help(
        "  --since TIME                Only what changed since a time\n"
        "                              and this is rather longer as well\n",
        48
    );
    BOOST_TEST(
        said ==
        "  --since TIME                Only what changed\n"
        "                              since a time\n"
        "                              and this is rather\n"
        "                              longer as well\n"
    );
}

BOOST_AUTO_TEST_CASE(a_paragraph_keeps_its_indentation) {
    BOOST_TEST(folded_help("one two three four", 10) == "one two\nthree four\n");
    BOOST_TEST(folded_help("  one two three", 9) == "  one two\n  three\n");
}

BOOST_AUTO_TEST_CASE(choices_are_divided_behind_a_comma_and_paths_behind_a_slash) {
    BOOST_TEST(
        folded_help("  --auth TEXT:{managed_identity,workload_identity,secret}", 40) ==
        "  --auth TEXT:{managed_identity,\n      workload_identity,secret}\n"
    );
    BOOST_TEST(
        folded_help("  --id=/subscriptions/4444", 20) ==
        "  --id=/\n      subscriptions/\n      4444\n"
    );
    BOOST_TEST(folded_help("abcdefgh", 5) == "abcde\nfgh\n");
}

BOOST_AUTO_TEST_CASE(characters_of_several_bytes_take_one_column) {
    BOOST_TEST(folded_help("csv, json, …", 12) == "csv, json, …\n");
    BOOST_TEST(folded_help("ääää öööö", 8) == "ääää\nöööö\n");
}

BOOST_AUTO_TEST_SUITE_END()
