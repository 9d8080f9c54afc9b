#include "daemon/terminal/columns.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop::daemon;

BOOST_AUTO_TEST_SUITE(columns_)

BOOST_AUTO_TEST_CASE(characters_take_the_columns_that_terminals_give_them) {
    BOOST_TEST(columns_of("größe") == 5u);
    BOOST_TEST(columns_of("日本語") == 6u);
    BOOST_TEST(columns_of("한글") == 4u);
    BOOST_TEST(columns_of("a😀b") == 4u);
    BOOST_TEST(columns_of("e\u0301") == 1u);  // The accent is drawn over the letter.
    BOOST_TEST(columns_of("…→") == 2u);
    BOOST_TEST(columns_of("") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_takes_a_column_a_byte) {
    BOOST_TEST(columns_of("a\xff\xfe") == 3u);
    BOOST_TEST(columns_of("a\xe6\x97") == 3u);
    BOOST_TEST(columns_of("\x97") == 1u);
}

BOOST_AUTO_TEST_CASE(characters_are_cut_whole) {
    BOOST_TEST(cut("größe", 3) == "grö");
    BOOST_TEST(cut("ab", 3) == "ab");
    BOOST_TEST(cut("", 3) == "");
    BOOST_TEST(cut("日本語", 5) == "日本");
    BOOST_TEST(cut("e\u0301a", 1) == "e\u0301");
}

BOOST_AUTO_TEST_CASE(a_line_that_fits_stays_as_it_is) {
    BOOST_TEST(
        folded_text("ok    folder web   /srv\n\nlast", 30) == "ok    folder web   /srv\n\nlast"
    );
}

BOOST_AUTO_TEST_CASE(long_lines_are_divided_at_blanks_and_indented) {
    BOOST_TEST(folded_text("one two three four\n", 10) == "one two\n  three\n  four\n");
    BOOST_TEST(folded_text("  one two three\n", 12) == "  one two\n    three\n");
}

BOOST_AUTO_TEST_CASE(what_follows_is_below_the_text_of_the_table) {
    auto text = "NO   service      the service does not answer\n";
    auto wanted =
        "NO   service      the service does not\n"
        "     answer\n";
    BOOST_TEST(folded_text(text, 40) == wanted);
    wanted =
        "NO   service      the service does not answer and all files wait until it does\n"
        "                  again; check the network\n";
    text =
        "NO   service      the service does not answer and all files wait until it does again; "
        "check the network\n";
    BOOST_TEST(folded_text(text, 80) == wanted);
}

BOOST_AUTO_TEST_CASE(what_has_no_blank_stays_whole_where_it_is_to_be_copied) {
    auto path = "/srv/" + std::string(50, 'x');
    BOOST_TEST(folded_text("see " + path + " now\n", 40) == "see\n  " + path + "\n  now\n");
    BOOST_TEST(folded_text("  " + path + "\n", 40) == "  " + path + "\n");
    BOOST_TEST(folded_text("it lies in " + path + "\n", 40) == "it lies in\n  " + path + "\n");
}

BOOST_AUTO_TEST_CASE(on_a_screen_nothing_is_wider_than_it) {
    auto text = "problem: " + std::string(100, 'x') + " and 日本語日本語日本語日本語日本語日本語";
    for (std::size_t columns : {4u, 5u, 10u, 20u, 33u, 80u}) {
        auto lines = folded(text, columns, overlong::divided);
        for (auto& line : lines) BOOST_TEST(columns_of(line) <= columns);
        std::string all;
        for (auto& line : lines) all += line;
        BOOST_TEST(std::ranges::count(all, 'x') == 100);
    }
}

BOOST_AUTO_TEST_SUITE_END()
