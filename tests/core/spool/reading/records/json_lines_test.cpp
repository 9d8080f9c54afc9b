#include "spool/reading/records/json_lines.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace kustodrop;

// In one piece, and byte by byte.
static bool valid(std::string_view text) {
    spool::json_lines whole;
    whole.add(text);
    spool::json_lines bytes;
    for (auto& byte : text) bytes.add({&byte, 1});
    BOOST_TEST(whole.are_valid() == bytes.are_valid(), text);
    return whole.are_valid();
}

static std::string nested(std::size_t depth) {
    std::string out = R"({"a":)";
    return out + std::string(depth, '[') + std::string(depth, ']') + "}";
}

BOOST_AUTO_TEST_SUITE(json_lines_)

BOOST_AUTO_TEST_CASE(lines_of_one_object_each_are_valid) {
    for (auto text : {
             "",
             "\n \r\n",
             "{}",
             "{}\n{}\r\n\n {} \n",
             R"({"a":1,"b":[],"c":{"d":[1,{"e":null}]}})",
             R"({ "a" : true , "b" : [ false , null ] })",
             R"({"n":[0,-0,10,-1.5,1e5,1E+5,1.25e-10]})",
             R"({"s":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"})",
             "{\"s\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"}",
         }) {
        BOOST_TEST(valid(text), text);
    }
    BOOST_TEST(valid(nested(100)));
}

BOOST_AUTO_TEST_CASE(what_json_does_not_know_is_not_valid) {
    for (auto text : {
             "{'a':1}",
             "{a:1}",
             R"({"a":1,})",
             R"({"a":[1,]})",
             R"({"a":NaN})",
             R"({"a":-})",
             R"({"a":01})",
             R"({"a":1.})",
             R"({"a":.5})",
             R"({"a":1e})",
             R"({"a":+1})",
             R"({"a":1 "b":2})",
             R"({"a" 1})",
             R"({"a":})",
             R"({,})",
             R"({"a":tru})",
             R"({"a":nul)",
             R"({"a":1)",
             R"({"a":"x)",
             R"({"a":[1})",
             R"({"a":1}{"b":2})",
             R"({"a":1} // more)",
             "[1]",
             "1",
             "null",
             "{\"a\":\n1}",
             "{\"a\":\"x\ny\"}",
             "{\"a\":\"\t\"}",
             R"({"a":"\x"})",
             R"({"a":"\u12g4"})",
             R"({"a":"\uD83D"})",
         }) {
        BOOST_TEST(!valid(text), text);
    }
    BOOST_TEST(!valid(nested(5000)));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_not_valid) {
    for (auto text :
         {"\xff",
          "\xc0\xaf",
          "\xe0\x80\x80",
          "\xed\xa0\x80",
          "\xf4\x90\x80\x80",
          "\xc3",
          "\xe2\x82",
          "\x80"}) {
        BOOST_TEST(!valid("{\"s\":\"" + std::string(text) + "\"}"));
    }
}

BOOST_AUTO_TEST_CASE(what_was_not_valid_does_not_become_so) {
    BOOST_TEST(!valid("{x}\n{}\n"));
    BOOST_TEST(!valid("{}\n{x}\n{}\n"));
}

BOOST_AUTO_TEST_SUITE_END()
