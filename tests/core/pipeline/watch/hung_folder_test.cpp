#include "pipeline/watch/hung_folder.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using enum folder_question;

BOOST_AUTO_TEST_SUITE(hung_folder)

BOOST_AUTO_TEST_CASE(a_folder_that_is_opened_answers_soon_or_hangs) {
    BOOST_TEST(!hangs(whether_it_is_there, 0s));
    BOOST_TEST(!hangs(whether_it_is_there, 4999ms));
    BOOST_TEST(hangs(whether_it_is_there, 5s));
}

BOOST_AUTO_TEST_CASE(an_open_folder_may_have_much_to_list) {
    BOOST_TEST(!hangs(what_is_in_it, 5s));
    BOOST_TEST(!hangs(what_is_in_it, 59s));
    BOOST_TEST(hangs(what_is_in_it, 1min));
}

BOOST_AUTO_TEST_CASE(the_log_says_once_that_it_hangs_and_that_it_answers_again) {
    test::manual_clock clock;
    std::vector<std::string> lines;
    auto write = [&](std::string_view line) { lines.emplace_back(line); };
    logger log(clock, log_level::info, log_format::text, write);
    hung_folders said;
    for (bool does : {false, true, true, false, false}) said.note("web", does, log);
    BOOST_TEST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(lines.front().find("look at its mount") != std::string::npos);
    BOOST_TEST(lines.back().find("answers again") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
