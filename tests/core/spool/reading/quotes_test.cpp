#include "spool/reading/quotes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using spool::quote_scan;

static quote_scan scanned(std::string_view text, std::size_t piece = 1000, char separator = ',') {
    quote_scan scan(separator);
    for (; !text.empty(); text = text.substr(std::min(piece, text.size()))) {
        scan.add(text.substr(0, piece));
    }
    return scan;
}

// Whatever the pieces are, the answer is the same.
static bool closed(std::string_view text) {
    bool whole = scanned(text).closed();
    for (std::size_t piece : {1, 2, 3}) BOOST_TEST(scanned(text, piece).closed() == whole);
    return whole;
}

static long first_record(std::string_view text) {
    auto whole = scanned(text).first_record_bytes();
    for (std::size_t piece : {1, 2, 3}) {
        BOOST_TEST((scanned(text, piece).first_record_bytes() == whole));
    }
    return whole ? static_cast<long>(*whole) : -1;
}

BOOST_AUTO_TEST_SUITE(quotes)

BOOST_AUTO_TEST_CASE(text_without_quotes_is_closed) {
    for (auto text : {"", "a", "a,b\n", "a,b\nc,d", "\n", ",,,"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(closed(text)); }
    }
}

BOOST_AUTO_TEST_CASE(a_quotation_that_ends_is_closed) {
    for (auto text :
         {"\"a\"",
          "\"a\"\n",
          "x,\"a,b\nc\"\n",
          "\"\"",
          "\"\",\"\"\n",
          "\"a \"\"b\"\" c\"\n",
          "\"\"\"\"\n",
          "h\nx,\"two\nlines\",y\n",
          "h\n\"a\",\"b\"\r\n\"c\"\r\n"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(closed(text)); }
    }
}

BOOST_AUTO_TEST_CASE(a_quotation_that_does_not_end_is_not_closed) {
    for (auto text :
         {"\"",
          "\"a",
          "x,\"a\n",
          "\"\"\"",
          "\"a\"\"\n",
          "h\nx,\"b\nc,d\n",
          "h\n\"a\",\"\n",
          "h\n\"a\"\"b,c\n"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!closed(text)); }
    }
}

BOOST_AUTO_TEST_CASE(a_quote_that_readers_take_differently_is_not_closed) {
    // Within an unquoted field, and after a quotation has ended.
    for (auto text : {"5\" pipe,1\n", "h\n5\" pipe,1\n", "\"a\"b\"\n", "h\nx \"\n"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!closed(text)); }
    }
    // All of them see its end here.
    BOOST_TEST(closed("5\" by 7\" pipe,1\n"));
    BOOST_TEST(closed("\"a\"b,c\n"));
}

BOOST_AUTO_TEST_CASE(only_the_formats_own_separator_begins_a_field) {
    BOOST_TEST(!scanned("a;\"b;c\n", 1000, ';').closed());
    // To a comma file that is one field with a character in it, to others a quotation.
    BOOST_TEST(!scanned("a;\"b;c\n").closed());
    BOOST_TEST(scanned("a\t\"b\"\"\n\"\tc\n", 1000, '\t').closed());
}

BOOST_AUTO_TEST_CASE(the_first_record_ends_with_its_line) {
    BOOST_TEST(first_record("a,b\nc,d\n") == 4);
    BOOST_TEST(first_record("a,b\r\nc,d\r\n") == 5);
    BOOST_TEST(first_record("a,b") == 3);
    BOOST_TEST(first_record("a\n") == 2);
}

BOOST_AUTO_TEST_CASE(the_first_record_may_have_lines_within_quotes) {
    BOOST_TEST(first_record("a,\"b\nc\"\nd\n") == 8);
    BOOST_TEST(first_record("\"a\r\n\"\"b\",c\r\nd\n") == 12);
    BOOST_TEST(first_record("\"a\nb\"") == 5);
}

BOOST_AUTO_TEST_CASE(says_nothing_of_a_first_record_that_is_not_certain) {
    for (auto text :
         {"",
          "\nb\n",
          "\r\nb\n",
          "a\rb\rc\n",
          "a\r",
          "a,\"b",
          "a\"b,c\nd\n",
          "a\"b,\"c\nd\"\ne\n"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(first_record(text) == -1); }
    }
}

BOOST_AUTO_TEST_SUITE_END()
