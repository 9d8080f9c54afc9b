#include "spool/reading/data_scan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace kustodrop::spool;

namespace {

// The same in pieces of any size.
bool has_data(std::string_view text, data_rules rules) {
    auto scanned = [&](std::size_t piece) {
        data_scan scan(rules);
        for (auto rest = text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
            scan.add(rest.substr(0, piece));
        }
        BOOST_TEST((!scan.found() || scan.has_data()));
        return scan.has_data();
    };
    auto whole = scanned(text.size() + 1);
    for (std::size_t piece : {1u, 2u, 3u, 7u}) BOOST_TEST(scanned(piece) == whole);
    return whole;
}

constexpr data_rules csv{data_syntax::separated, ','};
constexpr data_rules with_header{data_syntax::separated, ',', true};
constexpr data_rules txt{data_syntax::lines};
constexpr data_rules txt_with_header{data_syntax::lines, ',', true};
constexpr data_rules json{data_syntax::json};
constexpr data_rules w3c{data_syntax::w3c};
constexpr data_rules whole{data_syntax::whole};

}  // namespace

BOOST_AUTO_TEST_SUITE(data_scan_)

BOOST_AUTO_TEST_CASE(nothing_is_no_data) {
    for (auto rules : {csv, with_header, txt, json, w3c, whole, data_rules()}) {
        BOOST_TEST(!has_data("", rules));
    }
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_binary_format_is_data) {
    for (std::string text : {"\n", "\xEF\xBB\xBF", "x"}) BOOST_TEST(has_data(text, data_rules()));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_data) {
    for (auto rules : {csv, with_header, txt, json, w3c, whole}) {
        for (std::string text : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}) {
            BOOST_TEST(!has_data(text, rules));
        }
        // A part of one is none.
        for (std::string text : {"\xEF", "\xEF\xBB", "\xEF\xBBx", "\xFF", "\xFFx"}) {
            BOOST_TEST(has_data(text, rules));
        }
        BOOST_TEST(has_data("\xEF\xBB\xBFx,y\n1,2\n", rules));
        BOOST_TEST(has_data(std::string("\xFF\xFEx\0", 4), rules));
        BOOST_TEST(has_data(std::string("\xFF\xFE\n\0", 4), rules));
    }
}

BOOST_AUTO_TEST_CASE(empty_lines_are_no_data_and_blanks_are_where_they_may_be_a_field) {
    for (auto rules : {csv, with_header, txt, txt_with_header, json, w3c}) {
        for (std::string text : {"\n", "\r\n\r\n", "\n\n\n", "\xEF\xBB\xBF\n"}) {
            BOOST_TEST(!has_data(text, rules));
        }
    }
    BOOST_TEST(has_data(" \n", csv));
    BOOST_TEST(has_data(",\n", csv));
    BOOST_TEST(has_data("\t\n", txt));
    BOOST_TEST(!has_data(" \t\r\n ", json));
    BOOST_TEST(has_data("\n[]\n", json));
    BOOST_TEST(has_data("\n", whole));
}

BOOST_AUTO_TEST_CASE(a_header_is_no_data) {
    for (std::string text :
         {"a,b",
          "a,b\n",
          "a,b\r\n",
          "a,b\n\n\r\n",
          "\xEF\xBB\xBF"
          "a,b\n",
          "\"a\nb\",c\n"}) {
        BOOST_TEST(!has_data(text, with_header), text);
        BOOST_TEST(has_data(text, csv), text);
    }
    BOOST_TEST(!has_data("a b\n", txt_with_header));
    BOOST_TEST(!has_data("a b", txt_with_header));
}

BOOST_AUTO_TEST_CASE(what_follows_the_header_is_data) {
    BOOST_TEST(has_data("a,b\n1,2\n", with_header));
    BOOST_TEST(has_data("a,b\n\n\n1", with_header));
    BOOST_TEST(has_data("\"a\nb\",c\n1,2", with_header));
    BOOST_TEST(has_data("\"a\nb\"\n", txt_with_header));
    BOOST_TEST(has_data("a\nb", txt_with_header));
}

BOOST_AUTO_TEST_CASE(where_readers_differ_on_the_header_there_is_data) {
    // An empty first line, a carriage return alone, a quote within a field, one that stays open.
    for (std::string text : {"\na,b\n", "a,b\r1,2\r", "a\"b,c\n", "\"a,b\n"}) {
        BOOST_TEST(has_data(text, with_header), text);
    }
    BOOST_TEST(has_data("a\rb", txt_with_header));
    BOOST_TEST(has_data("\na\n", txt_with_header));
    BOOST_TEST(has_data(std::string(2u << 20u, 'x'), with_header));
}

BOOST_AUTO_TEST_CASE(only_text_with_records_has_a_header) {
    for (auto syntax : {data_syntax::json, data_syntax::whole, data_syntax::bytes}) {
        BOOST_TEST(has_data("x", {syntax, ',', true}));
    }
}

BOOST_AUTO_TEST_CASE(directives_are_no_data) {
    BOOST_TEST(!has_data("#Version: 1.0\r\n#Fields: date time\r\n\n", w3c));
    BOOST_TEST(!has_data("#Version: 1.0", w3c));
    BOOST_TEST(has_data("#Fields: date\n2026-11-28\n", w3c));
    BOOST_TEST(has_data("a#b\n", w3c));
    BOOST_TEST(!has_data("\xEF\xBB\xBF#a #b\n\n#c\r#d", w3c));
    BOOST_TEST(has_data("#a\n b", w3c));
    BOOST_TEST(has_data("#a\n", csv));
}

BOOST_AUTO_TEST_SUITE_END()
