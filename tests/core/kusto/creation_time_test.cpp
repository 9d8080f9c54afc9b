#include "kusto/creation_time.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

static std::string found(std::string_view pattern, std::string_view path) {
    auto parsed = creation_time_pattern::parse(pattern);
    if (!parsed) return "bad pattern: " + parsed.error().detail;
    auto time = parsed->match(path);
    return time ? to_iso8601(*time) : "no match";
}

BOOST_AUTO_TEST_SUITE(creation_time_)

BOOST_AUTO_TEST_CASE(reads_the_time_in_a_name) {
    struct row {
        const char* pattern;
        const char* path;
        const char* expected;
    };
    for (auto& [pattern, path, expected] : std::initializer_list<row>{
             {"'web-'yyyyMMdd'.json'", "web-20260822.json", "2026-08-22T00:00:00.000Z"},
             {"'web-'yyyyMMdd'.json'", "web-20260822.json.gz", "2026-08-22T00:00:00.000Z"},
             {"'web-'yyyyMMdd'.json'", "sub/web-20260822.json", "2026-08-22T00:00:00.000Z"},
             {"'web-'yyyyMMdd'.json'", "web-20260822.csv", "no match"},
             {"'web-'yyyyMMdd'.json'", "xweb-20260822.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "Web-20260822.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "web-2026082.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "web-202608221.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "web-20260230.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "web-20261301.json", "no match"},
             {"'web-'yyyyMMdd'.json'", "", "no match"},
             {"'historicalvalues'yyyyMMdd'.parquet'",
              "historicalvalues19840101.parquet",
              "1984-01-01T00:00:00.000Z"},
             {"yyyyMMdd", "20260822", "2026-08-22T00:00:00.000Z"},
             {"yyyyMMdd", "20260822.csv", "2026-08-22T00:00:00.000Z"},
             {"yyyyMMdd", "web-20260822.csv", "2026-08-22T00:00:00.000Z"},
             {"yyyyMMdd", "120260822.csv", "no match"},
             {"yyyyMMdd", "202608221.csv", "no match"},
             {"yyyyMMdd", "99999999-20260822", "2026-08-22T00:00:00.000Z"},
             {"yyyyMMdd'.csv'", "20260101-20260822.csv", "2026-08-22T00:00:00.000Z"},
             {"'a-'yyyy-MM-dd", "a-2026-08-22.csv", "2026-08-22T00:00:00.000Z"},
             {"'a-'yyyy-MM-dd_HH.mm.ss'.csv'",
              "a-2026-08-22_23.59.58.csv",
              "2026-08-22T23:59:58.000Z"},
             {"'a'yyyyMMddTHHmmssZ", "a20260822T235958Z.csv", "2026-08-22T23:59:58.000Z"},
             {"'a'yyyyMMddHH", "a2026082224", "no match"},
             {"'a'yyyyMMddHHmm", "a202608222360", "no match"},
             {"'a'yyyyMMddHHmmss", "a20260822235960", "no match"},
             {"'a'dd.MM.yyyy", "a22.08.2026.csv", "2026-08-22T00:00:00.000Z"},
             {"'a'yyyyMM", "a202608.csv", "2026-08-01T00:00:00.000Z"},
             {"'a'yyyy", "a2026.csv", "2026-01-01T00:00:00.000Z"},
             {"'it''s-'yyyy", "it's-2026", "2026-01-01T00:00:00.000Z"},
             {"'a''''b'yyyy", "a''b2026", "2026-01-01T00:00:00.000Z"},
             {"'in/'yyyy'/'MM'/'dd'/web'", "in/2026/08/22/web-1.json", "2026-08-22T00:00:00.000Z"},
             {"yyyy/MM/dd'/'", "in/2026/08/22/web-1.json", "2026-08-22T00:00:00.000Z"},
             {"'in/'yyyy'/'", "2026.json", "no match"}}) {
        BOOST_TEST_CONTEXT(std::string(pattern) + " on " + path) {
            BOOST_TEST(found(pattern, path) == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_pattern) {
    struct row {
        const char* pattern;
        const char* expected;
    };
    auto allowed =
        std::string("; allowed: yyyy MM dd HH mm ss and 'quoted text', like 'web-'yyyyMMdd'.json'");
    for (auto& [pattern, expected] : std::initializer_list<row>{
             {"", "names no year"},
             {"'web-'", "names no year"},
             {"MMdd", "names no year"},
             {"'web-yyyy", "has a ' without its end"},
             {"web-yyyy", "has letters that mean nothing"},
             {"yyMMdd", "has letters that mean nothing"},
             {"yyyyyMM", "has letters that mean nothing"},
             {"yyyymmdd", "leaves out a part between two others"},
             {"yyyydd", "leaves out a part between two others"},
             {"yyyyMMddmm", "leaves out a part between two others"},
             {"yyyyMM'-'yyyy", "names yyyy twice"},
             {"yyyy'*'", ""},
             {"yyyy*", "has a wildcard, which a time has not"}}) {
        auto parsed = creation_time_pattern::parse(pattern);
        BOOST_TEST_CONTEXT(pattern) {
            BOOST_TEST_REQUIRE(parsed.has_error() == !std::string(expected).empty());
            if (parsed.has_error()) BOOST_TEST(parsed.error().detail == expected + allowed);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
