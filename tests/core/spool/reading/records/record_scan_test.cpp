#include "spool/reading/records/record_scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace kustodrop::spool;

namespace {

record_scan scanned(record_syntax syntax, std::string_view text, std::size_t piece = 1u << 20u) {
    record_scan scan(syntax);
    while (!text.empty()) {
        scan.add(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
    }
    return scan;
}

std::string whole_records(record_syntax syntax, std::string_view text) {
    auto end = scanned(syntax, text).last_end();
    // However the bytes come, the end is the same.
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        BOOST_TEST(scanned(syntax, text, piece).last_end() == end, text << " in " << piece);
    }
    return std::string(text.substr(0, end));
}

bool regular(std::string_view text) {
    return scanned(record_syntax::json, text).has_one_object_a_line();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(a_line_ends_with_its_newline) {
    BOOST_TEST(whole_records(record_syntax::lines, "one\ntwo\nthr") == "one\ntwo\n");
    BOOST_TEST(whole_records(record_syntax::lines, "one") == "");
    BOOST_TEST(whole_records(record_syntax::lines, "") == "");
    BOOST_TEST(whole_records(record_syntax::lines, "one\r\n\"two\n") == "one\r\n\"two\n");
}

BOOST_AUTO_TEST_CASE(a_quoted_newline_ends_no_row) {
    auto rows = [](std::string_view text) { return whole_records(record_syntax::separated, text); };
    BOOST_TEST(rows("1,a\n2,b\n3,") == "1,a\n2,b\n");
    BOOST_TEST(rows("1,\"a\nb\"\n2,\"c\nd") == "1,\"a\nb\"\n");
    BOOST_TEST(rows("1,\"a\"\"\nb\"\n") == "1,\"a\"\"\nb\"\n");
    BOOST_TEST(rows("1,12\r\n2,1") == "1,12\r\n");
}

BOOST_AUTO_TEST_CASE(a_newline_that_is_quoted_to_some_readers_ends_no_row) {
    BOOST_TEST(whole_records(record_syntax::separated, "1,a\n2,5\" pipe\n3,c\n") == "1,a\n");
    BOOST_TEST(
        whole_records(record_syntax::separated, "1,5\" pipe\n2,6\" pipe\n3") ==
        "1,5\" pipe\n2,6\" pipe\n"
    );
}

BOOST_AUTO_TEST_CASE(a_json_record_ends_with_the_newline_after_its_bracket) {
    auto rows = [](std::string_view text) { return whole_records(record_syntax::json, text); };
    BOOST_TEST(rows("{\"n\":1}\n{\"num") == "{\"n\":1}\n");
    BOOST_TEST(rows("{\n \"n\": 1\n}\n{\n \"n\": 2") == "{\n \"n\": 1\n}\n");
    BOOST_TEST(rows("[\n{\"n\":1},\n{\"n\":2}\n]") == "");
    BOOST_TEST(rows("{\"s\":\"}\\\"}{\"}\n{") == "{\"s\":\"}\\\"}{\"}\n");
    BOOST_TEST(rows("\xEF\xBB\xBF{\"n\":1}\n") == "\xEF\xBB\xBF{\"n\":1}\n");
}

BOOST_AUTO_TEST_CASE(a_json_record_that_was_cut_within_a_string_does_not_swallow_the_next) {
    BOOST_TEST(
        whole_records(record_syntax::json, "{\"s\":\"cut\n{\"n\":2}\n{\"n\"") ==
        "{\"s\":\"cut\n{\"n\":2}\n"
    );
}

BOOST_AUTO_TEST_CASE(says_whether_the_last_byte_ends_a_record) {
    auto ends = [](record_syntax syntax, std::string_view text) {
        return scanned(syntax, text).ends_with_record();
    };
    BOOST_TEST(ends(record_syntax::lines, "one\n"));
    BOOST_TEST(!ends(record_syntax::lines, "one"));
    BOOST_TEST(!ends(record_syntax::lines, ""));
    BOOST_TEST(ends(record_syntax::separated, "1,\"a\"\n"));
    BOOST_TEST(!ends(record_syntax::separated, "1,\"a\n"));
    BOOST_TEST(!ends(record_syntax::separated, "1,12"));
    // Digits may follow digits, but nothing makes a closed object longer.
    BOOST_TEST(ends(record_syntax::json, "{\"n\":1}"));
    BOOST_TEST(ends(record_syntax::json, "{\"n\":1} "));
    BOOST_TEST(ends(record_syntax::json, "{\"n\":1}\n\n"));
    BOOST_TEST(!ends(record_syntax::json, "{\"n\":1}{"));
    BOOST_TEST(!ends(record_syntax::json, "12"));
    BOOST_TEST(!ends(record_syntax::json, "{\"n\":1}\n12"));
}

BOOST_AUTO_TEST_CASE(knows_whether_each_line_is_one_object) {
    for (auto text :
         {"",
          "\n",
          "{\"n\":1}",
          "{\"n\":1}\n",
          "{\"n\":1}\n\n  {\"m\":{\"o\":[1,{}]}}\r\n",
          "\xEF\xBB\xBF{\"n\":1}\n",
          "{\"s\":\"a\\\\\"}\n{\"s\":\"[{\"}\n"}) {
        BOOST_TEST(regular(text), text);
    }
    for (auto text :
         {"[{\"n\":2},{\"n\":3}]",
          "{\n\"n\":1\n}\n",
          "{\"n\":1}{\"n\":2}\n",
          "{\"n\":1}, {\"n\":2}\n",
          "{\"num",
          "{\"s\":\"cut",
          "{\"n\":1}\n{\"num",
          "id,name\n1,a\n",
          "<html></html>\n",
          "12\n",
          "\"text\"\n",
          "}\n",
          "PK\x03\x04"}) {
        BOOST_TEST(!regular(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
