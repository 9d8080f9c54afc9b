#include "config/reading/rates.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::config;

static constexpr range<std::uint64_t> any{0, 1ULL << 40};
static constexpr std::uint64_t MiB = 1 << 20;

BOOST_AUTO_TEST_SUITE(rates)

BOOST_AUTO_TEST_CASE(a_size_holds_at_all_times) {
    BOOST_TEST((parse_timetable("0", any).value() == timetable()));
    BOOST_TEST((parse_timetable("1MiB", any).value() == timetable(MiB)));
}

BOOST_AUTO_TEST_CASE(entries_have_days_a_time_and_a_size) {
    auto found = parse_timetable("Mon-Fri 07:00 1MiB; 19:00 off", any).value();
    timetable wanted({{0x3E, 7 * 60, MiB}, {0x7F, 19 * 60, 0}});
    BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(days_are_lists_and_ranges_which_may_go_over_the_weekend) {
    struct row {
        const char* days;
        unsigned bits;
    };
    for (auto& [days, bits] : std::initializer_list<row>{
             {"Sun", 0x01},
             {"mon", 0x02},
             {"SAT,SUN", 0x41},
             {"Fri-Mon", 0x63},
             {"Mon-Wed,Fri", 0x2E},
             {"Mon-Sun", 0x7F},
             {"Sun-Sat", 0x7F},
             {"Wed-Wed", 0x08},
             {"Tue-Mon", 0x7F}}) {
        auto found = parse_timetable(std::string(days) + " 00:00 off", any);
        BOOST_TEST_CONTEXT(days) {
            BOOST_TEST_REQUIRE(found.has_value());
            BOOST_TEST(found->entries()[0].days == bits);
        }
    }
}

BOOST_AUTO_TEST_CASE(spaces_and_a_semicolon_at_the_end_do_not_matter) {
    auto plain = parse_timetable("Mon 07:00 1MiB; 19:00 off", any).value();
    BOOST_TEST((parse_timetable("  Mon  07:00   1MiB;19:00 off ; ", any).value() == plain));
}

BOOST_AUTO_TEST_CASE(is_written_as_one_would_write_it) {
    for (auto* text :
         {"0",
          "8KiB",
          "07:00 1MiB",
          "Mon-Fri 07:00 1MiB; 19:00 off",
          "Sat,Sun 00:00 off",
          "Fri-Mon 23:59 9KiB",
          "Wed,Fri-Mon 12:00 off",
          "Tue,Thu,Sat 12:00 off",
          "Tue 01:01 1TiB",
          "Sun,Mon 02:00 off",
          "Mon-Sat 05:00 off",
          "Tue-Sun 05:00 off",
          "Mon,Tue,Thu 05:00 off"}) {
        auto found = parse_timetable(text, any);
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST(format_timetable(*found) == text);
    }
    auto all = parse_timetable("Mon-Sun 5:00 off", any);
    BOOST_TEST(!all);
    BOOST_TEST(format_timetable(parse_timetable("Mon-Sun 05:00 0", any).value()) == "05:00 off");
}

BOOST_AUTO_TEST_CASE(every_set_of_days_is_read_as_it_is_written) {
    for (unsigned days = 1; days < 128; ++days) {
        timetable one(std::vector<timetable_entry>{{static_cast<std::uint8_t>(days), 61, MiB}});
        auto text = format_timetable(one);
        BOOST_TEST_CONTEXT(text) { BOOST_TEST((parse_timetable(text, any).value() == one)); }
    }
}

BOOST_AUTO_TEST_CASE(says_which_entry_is_wrong_and_what_to_write) {
    struct row {
        const char* text;
        const char* detail;
    };
    for (auto& [text, detail] : std::initializer_list<row>{
             {"07:00 1MiB; 19:0 off",
              "entry 2 (\"19:0 off\"): \"19:0\" is not a time; use 00:00 to 23:59"},
             {"24:00 off",
              "entry 1 (\"24:00 off\"): \"24:00\" is not a time; did you mean 00:00 of the next "
              "day? Use 00:00 to 23:59"},
             {"07:60 off", "entry 1 (\"07:60 off\"): \"07:60\" is not a time; use 00:00 to 23:59"},
             {"7am 1MiB; 19:00 off",
              "entry 1 (\"7am 1MiB\"): \"7am\" is not a day; use Mon, Mon-Fri or Sat,Sun"},
             {"Monday 07:00 off",
              "entry 1 (\"Monday 07:00 off\"): \"Monday\" is not a day; did you mean Mon? Use "
              "Mon, Mon-Fri or Sat,Sun"},
             {"Mon- 07:00 off",
              "entry 1 (\"Mon- 07:00 off\"): a day is missing; use Mon, Mon-Fri or Sat,Sun"},
             {"Mon 1MiB", "entry 1 (\"Mon 1MiB\"): \"1MiB\" is not a time; use 00:00 to 23:59"},
             {"Mon",
              "entry 1 (\"Mon\") has no time; use days, a time and a size, like \"Mon-Fri 07:00 "
              "1MiB\""},
             {"07:00",
              "entry 1 (\"07:00\") has no size; use days, a time and a size, like \"Mon-Fri 07:00 "
              "1MiB\""},
             {"07:00 1MiB;; 19:00 off",
              "entry 2 is empty; use days, a time and a size, like \"Mon-Fri 07:00 1MiB\""},
             {";", "entry 1 is empty; use days, a time and a size, like \"Mon-Fri 07:00 1MiB\""},
             {"07:00 fast",
              "entry 1 (\"07:00 fast\"): \"fast\" is not a valid size; use a number with B, KiB, "
              "MiB, GiB or TiB, like 64KiB, or off for no limit"},
             {"07:00 2TiB", "entry 1 (\"07:00 2TiB\"): \"2TiB\" is out of range; use 0 to 1TiB"},
             {"07:00 1KiB",
              "entry 1 (\"07:00 1KiB\"): 1KiB in a second is too little to ship anything; use 0 "
              "for no limit, or 8KiB or more"},
             {"07:00 1MiB 19:00 off",
              "entry 1 (\"07:00 1MiB 19:00 off\"): \"19:00\" is too much; use ; between entries"},
             {"Mon-Fri 07:00 1MiB; Fri,Sat 07:00 off",
              "entry 2 begins with entry 1, on Fri at 07:00; use other days or another time"},
             {"big", "is not a valid size; use a number with B, KiB, MiB, GiB or TiB, like 64KiB"},
             {"off", "is for entries; use 0 for no limit"},
             {"2TiB", "is out of range; use 0 to 1TiB"}}) {
        auto found = parse_timetable(text, any);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST_REQUIRE(found.has_error());
            BOOST_TEST(found.error().detail == detail);
        }
    }
    std::string many = "00:00 off";
    for (int i = 0; i < 100; ++i) many += ";00:00 off";
    BOOST_TEST(parse_timetable(many, any).error().detail == "has 101 entries; use at most 100");
}

BOOST_AUTO_TEST_SUITE_END()
