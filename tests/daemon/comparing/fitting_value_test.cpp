#include "daemon/comparing/fitting_value.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

using namespace kustodrop::daemon;

static void check(
    std::string_view type,
    const std::vector<std::string_view>& yes,
    const std::vector<std::string_view>& no,
    const std::vector<std::string_view>& unknown
) {
    auto each = [&](auto& texts, fit expected) {
        for (auto text : texts) {
            BOOST_TEST_CONTEXT(type << " of " << text) {
                BOOST_TEST((fits(text, type) == expected));
            }
        }
    };
    each(yes, fit::yes);
    each(no, fit::no);
    each(unknown, fit::unknown);
}

BOOST_AUTO_TEST_SUITE(fitting_value_)

BOOST_AUTO_TEST_CASE(texts_take_everything) {
    check("string", {"", "x", "\xff", "{"}, {}, {});
    check("dynamic", {"", "x", "{\"a\":1}"}, {}, {});
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
    check(
        "int",
        {"0", "-1", "+7", "007", " 5 ", "", "2147483647"},
        {"2147483648", "1.5", "x", "1,5", "0x10", "1 000", "true"},
        {"3.0", "1e3"}
    );
    check("long", {"9223372036854775807"}, {"9223372036854775808", "1.5", "n/a"}, {"4.0"});
}

BOOST_AUTO_TEST_CASE(fractions) {
    check(
        "real",
        {"1", "1.5", "-1e9", ".5", "1e-999", "0.0"},
        {"1,5", "x", "1.5.5", "1e999", "-1E400"},
        {"NaN", "-inf"}
    );
    check("decimal", {"12.34", "5"}, {"EUR 5"}, {"1e999"});
    check("long", {}, {"1e999"}, {});
}

BOOST_AUTO_TEST_CASE(booleans) {
    check("bool", {"true", "FALSE", "1", "0", ""}, {"2", "on", "x"}, {"yes", "N", "t"});
}

BOOST_AUTO_TEST_CASE(timespans_have_a_longest) {
    check(
        "timespan",
        {"10675199.02:48:05.4775807", "-1.00:00:00"},
        {"10675200.00:00:00", "10675199.02:48:06"},
        {}
    );
}

BOOST_AUTO_TEST_CASE(times) {
    check(
        "datetime",
        {"2026-11-29",
         "2026-11-29T10:00:00Z",
         "2026-11-29 10:00:00.123",
         "Sun, 29 Nov 2026 10:00:00 GMT"},
        {"yesterday", "1764410400", "1764410400123", "n/a", "-"},
        {"2026-06-30T23:59:60Z",
         "03/04/2026",
         "3.4.26",
         "2026/11/29",
         "2026-1-5",
         "29 Nov 2026",
         "20261129"}
    );
    check(
        "timespan",
        {"01:02:03", "1.02:03:04.5", "1.5h", "10ms", "3d", "-00:00:01"},
        {"x", "1:2:3:4", "h", "24:60:00", "24:00:0x"},
        {"10:30", "7", "24:00:00", "-99:59:59.5"}
    );
}

BOOST_AUTO_TEST_CASE(ids) {
    check(
        "guid",
        {"6f9619ff-8b86-d011-b42d-00cf4fc964ff",
         "{6f9619ff-8b86-d011-b42d-00cf4fc964ff}",
         "6f9619ff8b86d011b42d00cf4fc964ff"},
        {"6f9619ff", "x", "{6f9619ff8b86d011b42d00cf4fc964ff0000}"},
        {}
    );
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_known) { check("vector", {""}, {}, {"1"}); }

BOOST_AUTO_TEST_SUITE_END()
