#include "base/boxed.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(boxed_values)

BOOST_AUTO_TEST_CASE(takes_a_pointers_room) {
    static_assert(sizeof(boxed<std::string>) == sizeof(void*));
}

BOOST_AUTO_TEST_CASE(is_nothing_until_it_is_given_a_value) {
    boxed<std::string> one;
    BOOST_TEST(!one);
    one = std::string("word");
    BOOST_TEST(*one == "word");
    BOOST_TEST(one->size() == 4u);
    one.reset();
    BOOST_TEST(!one);
}

BOOST_AUTO_TEST_CASE(a_copy_is_another_value) {
    boxed<std::string> one(std::string("word"));
    auto other = one;
    *other += "s";
    BOOST_TEST(*one == "word");
    BOOST_TEST(*other == "words");
    other = boxed<std::string>();
    BOOST_TEST(!boxed<std::string>(other));
}

BOOST_AUTO_TEST_CASE(is_compared_as_a_value) {
    boxed<std::string> one(std::string("word"));
    boxed<std::string> none;
    BOOST_TEST((one == boxed<std::string>(std::string("word"))));
    BOOST_TEST(!(one == boxed<std::string>(std::string("other"))));
    BOOST_TEST(!(one == none));
    BOOST_TEST(!(none == one));
    BOOST_TEST((none == boxed<std::string>()));
}

BOOST_AUTO_TEST_SUITE_END()
