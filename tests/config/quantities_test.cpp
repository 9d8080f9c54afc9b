#include "config/reading/quantities.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::config;

BOOST_AUTO_TEST_SUITE(quantities_)

BOOST_AUTO_TEST_CASE(reads_durations_in_every_unit) {
    struct row {
        const char* text;
        duration value;
    };
    for (auto& [text, value] : std::initializer_list<row>{
             {"0", 0s},
             {"0s", 0s},
             {"100ms", 100ms},
             {"10s", 10s},
             {"5m", 5min},
             {"1h", 1h},
             {"7d", 24h * 7},
             {"1h30m", 90min},
             {"1d2h3m4s5ms", 26h + 3min + 4s + 5ms},
             {"36500d", 24h * 36500},
             {"007s", 7s}}) {
        auto parsed = parse_duration(text);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST_REQUIRE(parsed.has_value());
            BOOST_TEST((*parsed == value));
        }
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_duration) {
    struct row {
        const char* text;
        const char* detail;
    };
    for (auto& [text, detail] : std::initializer_list<row>{
             {"", "is not a valid duration; use a number with ms, s, m, h or d, like 30s"},
             {"10", "has no unit; use a number with ms, s, m, h or d, like 30s"},
             {"1h30", "has no unit; use a number with ms, s, m, h or d, like 30s"},
             {"10S",
              "has an unknown unit; did you mean 10s? Use a number with ms, s, m, h or d, like "
              "30s"},
             {"5 min",
              "is not a valid duration; did you mean 5m? Use a number with ms, s, m, h or d, like "
              "30s"},
             {"2Hours",
              "has an unknown unit; did you mean 2h? Use a number with ms, s, m, h or d, like "
              "30s"},
             {"10min",
              "has an unknown unit; did you mean 10m? Use a number with ms, s, m, h or d, like "
              "30s"},
             {"1.5h", "is not a valid duration; use a number with ms, s, m, h or d, like 30s"},
             {"-1s", "is not a valid duration; use a number with ms, s, m, h or d, like 30s"},
             {" 1s", "is not a valid duration; use a number with ms, s, m, h or d, like 30s"},
             {"1s ", "is not a valid duration; use a number with ms, s, m, h or d, like 30s"},
             {"1m1h", "has its units in the wrong order; use the larger unit first, like 1h30m"},
             {"1m1m", "has its units in the wrong order; use the larger unit first, like 1h30m"},
             {"36501d", "is too long; use at most 36500d"},
             {"36500d1h", "is too long; use at most 36500d"},
             {"99999999999999999999999s", "is too long; use at most 36500d"}}) {
        auto parsed = parse_duration(text);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST_REQUIRE(parsed.has_error());
            BOOST_TEST(parsed.error().detail == detail);
        }
    }
}

BOOST_AUTO_TEST_CASE(reads_sizes_in_every_unit) {
    struct row {
        const char* text;
        std::uint64_t value;
    };
    for (auto& [text, value] : std::initializer_list<row>{
             {"0", 0},
             {"1B", 1},
             {"64KiB", 65536},
             {"4MiB", 4u << 20},
             {"1GiB", 1u << 30},
             {"2TiB", 2ULL << 40},
             {"8388607TiB", 8388607ULL << 40}}) {
        auto parsed = parse_size(text);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST_REQUIRE(parsed.has_value());
            BOOST_TEST(*parsed == value);
        }
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_size) {
    struct row {
        const char* text;
        const char* detail;
    };
    for (auto& [text, detail] : std::initializer_list<row>{
             {"", "is not a valid size; use a number with B, KiB, MiB, GiB or TiB, like 64KiB"},
             {"10", "has no unit; use a number with B, KiB, MiB, GiB or TiB, like 64KiB"},
             {"10GB",
              "has an unknown unit; did you mean 10GiB? Use a number with B, KiB, MiB, GiB or "
              "TiB, like 64KiB"},
             {"4MB",
              "has an unknown unit; did you mean 4MiB? Use a number with B, KiB, MiB, GiB or TiB, "
              "like "
              "64KiB"},
             {"4mib",
              "has an unknown unit; did you mean 4MiB? Use a number with B, KiB, MiB, GiB or TiB, "
              "like "
              "64KiB"},
             {"4 MiB",
              "is not a valid size; did you mean 4MiB? Use a number with B, KiB, MiB, GiB or TiB, "
              "like 64KiB"},
             {"1GiB1MiB",
              "is not a valid size; use a number with B, KiB, MiB, GiB or TiB, like 64KiB"},
             {"8388608TiB", "is too large; use less than 8 EiB"},
             {"99999999999999999999B", "is too large; use less than 8 EiB"}}) {
        auto parsed = parse_size(text);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST_REQUIRE(parsed.has_error());
            BOOST_TEST(parsed.error().detail == detail);
        }
    }
}

BOOST_AUTO_TEST_CASE(reads_percentages) {
    BOOST_TEST(*parse_percentage("5%") == 5);
    BOOST_TEST(*parse_percentage("0.5%") == 0.5);
    BOOST_TEST(*parse_percentage("100%") == 100);
    BOOST_TEST(*parse_percentage("0") == 0);
    for (auto* text : {"", "%", "5", "101%", "-1%", ".5%", "5.%", "nan%", "inf%", "5 %", "1e1%"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(parse_percentage(text).has_error()); }
    }
    BOOST_TEST(
        parse_percentage("5").error().detail == "has no percent sign; use 0% to 100%, like 5%"
    );
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
    for (auto* text : {"0s", "100ms", "90s", "5m", "90m", "25h", "7d"}) {
        BOOST_TEST(format_duration(*parse_duration(text)) == text);
    }
    BOOST_TEST(format_duration(24h) == "1d");
    for (auto* text : {"0", "1B", "1025B", "64KiB", "4MiB", "1025MiB", "3TiB"}) {
        BOOST_TEST(format_size(*parse_size(text)) == text);
    }
    for (auto* text : {"0%", "5%", "0.5%", "100%"}) {
        BOOST_TEST(format_percentage(*parse_percentage(text)) == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
