#include "daemon/comparing/sample_comparison.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop::daemon;

static const table_facts table{{{"a", "string"}, {"b", "string"}, {"c", "string"}}};

static comparison compared(std::string text, const std::string& format) {
    return compare({"x", std::move(text)}, {format}, table);
}

// What is said of another format; "" where nothing is.
static std::string other_format(const std::string& text, const std::string& format = "csv") {
    for (auto& one : compared(text, format).findings) {
        if (one.code == "other_format") return one.text;
    }
    return {};
}

BOOST_AUTO_TEST_SUITE(sample_format)

BOOST_AUTO_TEST_CASE(the_format_that_divides_the_records_is_named) {
    auto said = std::string("it looks like scsv, not csv; correct the format");
    BOOST_TEST(other_format("x;y;1\nz;;2\n") == said);
    BOOST_TEST(other_format("x\ty\n").find("tsv, not csv") != std::string::npos);
    BOOST_TEST(other_format("x|y\n", "scsv").find("psv, not scsv") != std::string::npos);
    BOOST_TEST(other_format("x,y\n", "tsv").find("csv, not tsv") != std::string::npos);
    BOOST_TEST(other_format("[{\"a\":1},{\"a\":2}]").find("multijson, not") != std::string::npos);
    BOOST_TEST(other_format("{\"a\":1}\n").find("json or multijson") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_none_fits_better_none_is_named) {
    for (auto text : {"x,y;z,1\n", "one\ntwo\n", "a;b\nc\n", "{x},y\n", "[1],2\n"}) {
        BOOST_TEST(other_format(text) == "", text);
    }
    BOOST_TEST(other_format("one\n", "tsv") == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_called_what_it_is) {
    auto problem = [](std::string text) { return compared(std::move(text), "csv").problem; };
    BOOST_TEST(problem("%PDF-1.4\n1,x\n") == "it is a PDF; the service reads none");
    BOOST_TEST(problem(" <!DOCTYPE HTML>\n<p>").starts_with("it is an HTML page"));
    BOOST_TEST(problem("<html lang='en'>").starts_with("it is an HTML page"));
    auto document = "it is a document of Office; save it as CSV (UTF-8)";
    BOOST_TEST(problem("\xd0\xcf\x11\xe0\xa1\xb1") == document);
    BOOST_TEST(problem("PK\x03\x04-------[Content_Types].xml") == document);
    BOOST_TEST(problem("BZh91AY&SY") == "it is bzip2; give the uncompressed file");
    BOOST_TEST(problem(std::string("ORC\0", 4)) == "it is ORC, which has its schema inside");
    BOOST_TEST(problem("ORC_ID,x,y\n") == "");
}

BOOST_AUTO_TEST_CASE(a_quote_that_is_never_closed_is_named_although_there_is_no_record) {
    auto found = compared("x,\"y\nz\n", "csv");
    BOOST_TEST(found.problem.find("a quote that is never closed") != std::string::npos);
    BOOST_TEST(!found.fits());
}

BOOST_AUTO_TEST_SUITE_END()
