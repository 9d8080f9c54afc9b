#include "daemon/comparing/sample_comparison.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

using namespace kustodrop::daemon;

static const table_facts table{{{"a", "long"}, {"b", "string"}}};

static comparison compared(std::string text, sample_rules rules, bool is_cut) {
    return compare({"x", std::move(text), is_cut}, rules, table);
}

static std::string codes(const comparison& found) {
    std::string out;
    for (auto& one : found.findings) out += one.code + ";";
    return out;
}

BOOST_AUTO_TEST_SUITE(sample_beginning)

BOOST_AUTO_TEST_CASE(the_records_of_an_array_that_is_cut_are_compared) {
    auto found = compared("[{\"a\":1,\"b\":2},\n{\"a\":", {"multijson"}, true);
    BOOST_TEST(found.records == 1U);
    BOOST_TEST(codes(found) == "cut;");
}

BOOST_AUTO_TEST_CASE(a_beginning_without_a_whole_record_is_not_compared) {
    for (auto format : {"json", "multijson"}) {
        auto found = compared("{\"records\":[{\"a\":1}", {format}, true);
        BOOST_TEST(found.problem.starts_with("no whole record"));
        BOOST_TEST(!found.fits());
    }
    auto csv = compared("a,b\n1", {"csv", true}, true);
    BOOST_TEST(csv.problem.starts_with("no whole record"));
    auto nothing = compared("[]", {"multijson"}, false);
    BOOST_TEST(nothing.problem == "it holds no record");
}

BOOST_AUTO_TEST_CASE(lines_that_end_with_a_carriage_return_alone) {
    BOOST_TEST(codes(compared("1,x\r2,y\r", {"csv"}, false)).starts_with("lone_returns;"));
    BOOST_TEST(codes(compared("1,x\r\n2,\"y\rz\"\r\n", {"csv"}, false)).empty());
}

BOOST_AUTO_TEST_CASE(rows_that_the_daemon_makes_have_no_header) {
    table_facts texts{{{"a", "string"}, {"b", "string"}}};
    BOOST_TEST(codes(compare({"x", "one,two\n"}, {"csv", false, true}, texts)).empty());
    BOOST_TEST(codes(compare({"x", "one,two\n"}, {"csv", false}, texts)) == "header_unknown;");
}

BOOST_AUTO_TEST_SUITE_END()
