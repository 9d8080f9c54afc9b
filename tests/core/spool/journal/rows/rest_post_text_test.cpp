#include "spool/journal/rows/rest_post_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(rest_post_text)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_again) {
    std::vector<rest_post> none;
    std::vector<rest_post> posts{
        {"Logs", "Web", "1;2;3"}, {"My Db/x", "T%20", ""}, {"", "", "caf\xc3\xa9"}};
    BOOST_TEST(rest_posts_text(none).empty());
    BOOST_TEST((parse_rest_posts("") == none));
    BOOST_TEST(rest_posts_text(posts) == "Logs/Web/1%3B2%3B3 My%20Db%2Fx/T%2520/ //caf%C3%A9");
    BOOST_TEST((parse_rest_posts(rest_posts_text(posts)) == posts));
}

BOOST_AUTO_TEST_CASE(what_is_of_another_form_is_left_out) {
    std::vector<rest_post> one{{"a", "b", "c"}};
    BOOST_TEST((parse_rest_posts("x a/b/c a/b a/b/c/d %zz/b/c") == one));
}

BOOST_AUTO_TEST_SUITE_END()
