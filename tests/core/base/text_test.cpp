#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(text_)

BOOST_AUTO_TEST_CASE(accepts_every_length_of_utf8) {
    for (auto text : {"", "a", "\u00e9", "\u20ac", "\U0001F600", "a\u00e9\u20ac\U0001F600z"}) {
        BOOST_TEST(is_valid_utf8(text), text);
    }
    BOOST_TEST(is_valid_utf8("\x00"s));
    BOOST_TEST(is_valid_utf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF, the last one.
}

BOOST_AUTO_TEST_CASE(rejects_bad_utf8) {
    for (auto text : {
             "\x80",              // A continuation without a beginning.
             "\xC3",              // Cut off.
             "\xE2\x82",          // Cut off.
             "\xF0\x9F\x98",      // Cut off.
             "\xC0\xAF",          // An overlong "/".
             "\xC1\xBF",          // Overlong.
             "\xE0\x9F\xBF",      // Overlong.
             "\xF0\x8F\xBF\xBF",  // Overlong.
             "\xED\xA0\x80",      // A surrogate.
             "\xF4\x90\x80\x80",  // Above U+10FFFF.
             "\xF8\x88\x80\x80",  // Five bytes once.
             "\xFF",
             "\xE2"
             "a\xAC",
         }) {
        BOOST_TEST(!is_valid_utf8(text));
    }
}

BOOST_AUTO_TEST_CASE(prints_plain_text_as_it_is) {
    BOOST_TEST(
        printable("caf\u00e9 \u20ac \U0001F600 \\ \" =") == "caf\u00e9 \u20ac \U0001F600 \\ \" ="
    );
}

BOOST_AUTO_TEST_CASE(makes_printable_what_a_terminal_obeys) {
    BOOST_TEST(printable("a\nb\r\tc\x7F\x1B[2J"s) == "a\\x0ab\\x0d\\x09c\\x7f\\x1b[2J");
    BOOST_TEST(printable("\0"s) == "\\x00");
    BOOST_TEST(printable("\u009B2J") == "\\xc2\\x9b2J");
    BOOST_TEST(printable("\u202Egpj.exe") == "\\xe2\\x80\\xaegpj.exe");
    BOOST_TEST(
        printable("a\u2028b\u2029c\u2066d") == "a\\xe2\\x80\\xa8b\\xe2\\x80\\xa9c\\xe2\\x81\\xa6d"
    );
    BOOST_TEST(printable("\u00A0\u2026") == "\u00A0\u2026");
}

BOOST_AUTO_TEST_CASE(makes_printable_what_is_not_utf8) {
    BOOST_TEST(printable("a\xFF\xC3z") == "a\\xff\\xc3z");
    BOOST_TEST(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");
    BOOST_TEST(is_valid_utf8(printable("\xE2\x82\xF0\x9F")));
}

BOOST_AUTO_TEST_CASE(escapes_json) {
    BOOST_TEST(json_escape("a\"b\\c/d") == "a\\\"b\\\\c/d");
    BOOST_TEST(json_escape("\n\r\t\b\x01"s) == "\\n\\r\\t\\u0008\\u0001");
    BOOST_TEST(json_escape("\0"s) == "\\u0000");
    BOOST_TEST(json_escape("\u00e9\U0001F600") == "\u00e9\U0001F600");
    BOOST_TEST(json_escape("\x7F\u009B\u2028\u202E") == "\\u007f\\u009b\\u2028\\u202e");
    BOOST_TEST(json_escape("a\xFFz") == "a\\\\xffz");
}

BOOST_AUTO_TEST_CASE(percent_encodes_all_but_the_unreserved) {
    BOOST_TEST(percent_encode("AZaz09-._~") == "AZaz09-._~");
    BOOST_TEST(percent_encode("a b/c?d=e&f%+\n\u00e9") == "a%20b%2Fc%3Fd%3De%26f%25%2B%0A%C3%A9");
}

BOOST_AUTO_TEST_CASE(percent_decodes) {
    BOOST_TEST(percent_decode("a%20b%2fc%2Fd+e").value() == "a b/c/d+e");
    BOOST_TEST(percent_decode("%00").value() == "\0"s);
    BOOST_TEST(percent_decode("").value() == "");
    for (auto text : {"%", "a%", "%2", "%zz", "%2z", "%-1", "%+1", "% 1", "%%41"}) {
        BOOST_TEST(!percent_decode(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(decodes_what_it_encoded) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    BOOST_TEST(percent_decode(percent_encode(every)).value() == every);
}

BOOST_AUTO_TEST_CASE(compares_without_case_in_ascii_only) {
    BOOST_TEST(equals_ignoring_case("Retry-After", "retry-AFTER"));
    BOOST_TEST(!equals_ignoring_case("a", "ab"));
    BOOST_TEST(!equals_ignoring_case("\u00c9", "\u00e9"));
    BOOST_TEST(to_lower("AZ[\u00c9") == "az[\u00c9");
}

BOOST_AUTO_TEST_CASE(trims_blanks_at_both_ends) {
    BOOST_TEST(trimmed(" \t a b \r\n") == "a b");
    BOOST_TEST(trimmed(" \n ") == "");
    BOOST_TEST(trimmed("") == "");
}

BOOST_AUTO_TEST_CASE(splits_and_keeps_empty_parts) {
    using parts = std::vector<std::string_view>;
    BOOST_TEST(split("a,,b,", ',') == (parts{"a", "", "b", ""}), boost::test_tools::per_element());
    BOOST_TEST(split("", ',') == parts{""}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_sizes_for_humans) {
    BOOST_TEST(human_bytes(0) == "0 B");
    BOOST_TEST(human_bytes(1023) == "1023 B");
    BOOST_TEST(human_bytes(1024) == "1.0 KiB");
    BOOST_TEST(human_bytes(1536) == "1.5 KiB");
    BOOST_TEST(human_bytes((1u << 20u) - 1) == "1.0 MiB");
    BOOST_TEST(human_bytes(5ull << 30u) == "5.0 GiB");
    BOOST_TEST(human_bytes(~0ull) == "16384.0 PiB");
}

BOOST_AUTO_TEST_CASE(names_durations_for_humans) {
    BOOST_TEST(human_duration(0s) == "0.0s");
    BOOST_TEST(human_duration(4200ms) == "4.2s");
    BOOST_TEST(human_duration(59990ms) == "1min 0s");
    BOOST_TEST(human_duration(61s) == "1min 1s");
    BOOST_TEST(human_duration(2h + 5min) == "2h 5min");
    BOOST_TEST(human_duration(49h) == "2d 1h");
}

BOOST_AUTO_TEST_CASE(a_full_stop_goes_where_something_follows) {
    BOOST_TEST(
        and_also("It is refused.", "open the firewall") == "It is refused; open the firewall"
    );
    BOOST_TEST(and_also("refused", "wait.") == "refused; wait.");
    BOOST_TEST(and_also("and so on...", "wait") == "and so on...; wait");
    BOOST_TEST(and_also("", "wait") == "wait");
    BOOST_TEST(and_also("It is refused.", "") == "It is refused.");
}

BOOST_AUTO_TEST_SUITE_END()
