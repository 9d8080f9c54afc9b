#include "daemon/comparing/sample_comparison.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace kustodrop::daemon;

namespace {

// "a:long b:string"
table_facts table_of(std::string_view columns) {
    table_facts out;
    for (auto one : kustodrop::split(columns, ' ')) {
        auto parts = kustodrop::split(one, ':');
        out.columns.push_back({std::string(parts[0]), std::string(parts[1])});
    }
    return out;
}

// "a=0 b=$.x.y": a column, and the field or path of it.
table_facts with_mapping(std::string_view columns, std::string_view mapping) {
    auto out = table_of(columns);
    out.mapping.emplace();
    for (auto one : kustodrop::split(mapping, ' ')) {
        auto parts = kustodrop::split(one, '=');
        mapped_column entry;
        entry.column = parts[0];
        if (parts[1].starts_with('$')) {
            entry.path = parts[1];
        } else {
            entry.ordinal = std::stoul(std::string(parts[1]));
        }
        if (parts.size() > 2) entry.transform = parts[2];
        out.mapping->push_back(entry);
    }
    return out;
}

comparison compared(
    std::string text,
    std::string format,
    const table_facts& table,
    bool ignores_first = false,
    bool is_cut = false
) {
    return compare({"x", std::move(text), is_cut}, {std::move(format), ignores_first}, table);
}

// "3: wrong field_count; note cut"
std::string codes(const comparison& found) {
    if (!found.problem.empty()) return "problem: " + found.problem;
    auto out = std::to_string(found.records) + ":";
    for (auto& one : found.findings) out += " " + to_string(one.gravity) + " " + one.code + ";";
    return out;
}

bool says(const comparison& found, std::string_view part) {
    return std::ranges::any_of(found.findings, [&](auto& one) {
        return one.text.find(part) != std::string::npos;
    });
}

/// A sample, and what is found about it beside a table.
struct row {
    std::string text;
    std::string found;
    std::string part = {};  // Of one of the texts.
};

void check(
    const std::vector<row>& rows,
    const std::string& format,
    const table_facts& table,
    bool ignores_first = false
) {
    for (auto& [text, expected, part] : rows) {
        auto found = compared(text, format, table, ignores_first);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(codes(found) == expected);
            for (auto& one : found.findings) BOOST_TEST_MESSAGE(one.text);
            BOOST_TEST((part.empty() || says(found, part)));
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sample_comparison_)

BOOST_AUTO_TEST_CASE(csv_without_a_header) {
    check(
        {
            {"1,x\n2,y\n", "2:"},
            {"1,x\r\n2,y\r\n", "2:"},
            {"1,x\n2,y", "2:"},
            {"\n1,x\n\n2,y\n\n", "2:"},
            {"1,\"two\nlines\"\n2,\"he said \"\"no\"\"\"\n", "2:"},
            {"1,\n,y\n", "2:"},
            {"\xef\xbb\xbf"
             "1,x\n",
             "1: note byte_order_mark;"},
            {"1\n2\n", "2: wrong field_count;", "from b on they stay empty"},
            {"1,x,z\n", "1: wrong field_count;", "the last one is not stored"},
            {"1,x\n2\n3,z\n", "3: wrong fields_vary;", "record 2 with 1"},
            {"1,x\nn/a,y\n1.5,z\n",
             "3: wrong value_becomes_null;",
             "2 of 3 values, such as \"n/a\" in record 2"},
            {"3.0,x\n", "1: note value_may_become_null;"},
            {"1,\"x\n",
             "problem: its first record has a quote that is never closed: the service refuses the "
             "file (Stream_ClosingQuoteMissing); close or double the quote"},
            {"1,x\n2,\"y\n", "1: wrong quote_open;"},
            {"1,\"x\"y\n", "1: note text_behind_quotes;"},
            {"a,b\n1,x\n", "2: wrong header_ingested;", "set ignore_first_record"},
            {"1,\xff\n", "1: note not_utf8;"},
            {"", "problem: it holds no data"},
            {"\n \n", "problem: it holds no data"},
            {"\x1f\x8b\x08", "problem: it is gzip; give the uncompressed file"},
            {"PK\x03\x04", "problem: it is zip; give the uncompressed file"},
            {"\xff\xfe"
             "1",
             "problem: it is UTF-16, and the service reads UTF-8 only; convert it"},
        },
        "csv",
        table_of("a:long b:string")
    );
}

BOOST_AUTO_TEST_CASE(csv_with_a_header_that_is_ignored) {
    check(
        {
            {"a,b\n1,x\n", "1:"},
            {"A,\" b\"\n1,x\n", "1:"},
            {"First,Second\n1,x\n", "1:"},
            {"b,a\n1,x\n", "1: wrong header_order; wrong header_order;", "goes into a"},
            {"1,x\n2,y\n", "1: wrong record_ignored;"},
            {"a,b\n", "0: note no_records;"},
            {"a,b\nx,1\n", "1: wrong value_becomes_null;", "record 2"},
            // Headers that do not look like one.
            {",b\n1,x\n", "1:"},
            {"2025,b\n1,x\n", "1:"},
            {"100%,b\n1,x\n", "1:"},
            {"a,a\n1,x\n", "1: wrong header_order;"},
            {"\"a\nb\",c\n1,x\n", "1:"},
            {std::string(70, 'a') + ",c\n1,x\n", "1:"},
        },
        "csv",
        table_of("a:long b:string"),
        true
    );
}

BOOST_AUTO_TEST_CASE(fields_by_a_mapping) {
    auto swapped = with_mapping("a:long b:string", "a=1 b=0");
    check(
        {
            {"x,1\n", "1:"},
            {"1,x\n", "1: wrong value_becomes_null;"},
            {"x,1,z\n", "1: warning field_dropped;", "no field 2"},
            {"x\n",
             "1: note header_unknown; wrong ordinal_missing;",
             "a: the mapping takes field 1"},
        },
        "csv",
        swapped
    );
    auto named = compared("a,b\nx,1\n", "csv", swapped, true);
    BOOST_TEST(codes(named) == "1: warning header_order; warning header_order;");
    auto twice = with_mapping("a:long b:string", "a=0 b=0");
    BOOST_TEST(codes(compared("a\n1\n", "csv", twice, true)) == "1:");
    auto partly = with_mapping("a:long b:string c:real", "a=0");
    BOOST_TEST(codes(compared("1\n", "csv", partly)) == "1: note columns_empty;");
}

BOOST_AUTO_TEST_CASE(columns_that_only_the_mapping_has) {
    auto table = with_mapping("a:long", "a=0 z=1");
    auto found = compared("1,x\n", "csv", table);
    BOOST_TEST(codes(found) == "1: wrong column_missing;");
    table.mapping->at(1).type = "string";
    found = compared("1,x\n", "csv", table);
    BOOST_TEST(codes(found) == "1: note column_missing;");
    BOOST_TEST(says(found, "adds it as string"));
    auto constant = with_mapping("a:long c:string", "a=0 c=$.x");
    constant.mapping->at(1).is_constant = true;
    BOOST_TEST(codes(compared("1\n", "csv", constant)) == "1:");
}

BOOST_AUTO_TEST_CASE(other_separators) {
    auto table = table_of("a:long b:string");
    check(
        {{"1\tx\n", "1:"},
         {"1,2\n", "1: wrong other_format; wrong field_count; wrong value_becomes_null;"}},
        "tsv",
        table
    );
    check({{"1;x\n", "1:"}}, "scsv", table);
    check({{"1|x\n", "1:"}}, "psv", table);
    check({{"1\x01x\n", "1:"}}, "sohsv", table);
    check({{"1\t\"x\r\n2\ty\n", "2:"}}, "tsve", table);
    check({{"what, ever\nmore\n", "2:"}}, "txt", table_of("line:string"));
    check({{"what, ever\nmore\n", "1:"}}, "raw", table_of("all:string"));
    check({{"head\nmore\n", "1:"}}, "txt", table_of("line:string"), true);
}

BOOST_AUTO_TEST_CASE(dates_and_times) {
    auto table = table_of("t:datetime n:string");
    check(
        {
            {"2026-11-29T10:00:00Z,x\n", "1:"},
            {"03/04/2026,x\n", "1: note value_may_become_null;"},
            {"1764410400,x\n", "1: wrong value_becomes_null;", "DateTimeFromUnixSeconds"},
            {"-,x\n", "1: wrong value_becomes_null;"},
        },
        "csv",
        table
    );
    auto unix_times = with_mapping("t:datetime", "t=$.t=DateTimeFromUnixSeconds");
    check(
        {
            {"{\"t\":1764410400}\n", "1:"},
            {"{\"t\":\"today\"}\n", "1: wrong value_becomes_null;", "not a number for DateTime"},
            {"{\"t\":{\"x\":1}}\n", "1: wrong value_becomes_null;"},
        },
        "json",
        unix_times
    );
}

BOOST_AUTO_TEST_CASE(json_by_the_names_of_columns) {
    check(
        {
            {"{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n", "2:"},
            {"{\"a\":null,\"b\":null}\n", "1:"},
            {"{\"a\":1,\"b\":{\"c\":[1]}}\n", "1:"},
            {"{\"a\":\"7\",\"b\":true}\n", "1:"},
            {"{\"a\":{\"c\":1},\"b\":1}\n", "1: wrong value_becomes_null;"},
            {"{\"a\":true,\"b\":1}\n", "1: note value_may_become_null;"},
            {"{\"a\":1.5,\"b\":1}\n", "1: wrong value_becomes_null;"},
            {"{\"a\":1}\n", "1: warning property_missing;", "b: no record has"},
            {"{\"A\":1,\"b\":1}\n",
             "1: wrong property_missing; warning property_dropped;",
             "but $.A, and case counts"},
            {"{\"a\":1,\"b\":1,\"odd name\":{\"x\":1}}\n",
             "1: warning property_dropped;",
             "$['odd name']"},
            {"{\"a\":1,\"b\":1}\nnonsense\n[]\n", "1: wrong line_ignored;", "2 lines"},
            {"{\"a\":1,\n\"b\":1}\n", "0: wrong line_ignored;", "multijson"},
            {"{\"b\":1,\"a\":" + std::string(50, '[') + std::string(50, ']') + "}\n",
             "1: wrong value_becomes_null;"},
            {"\n{\"a\":1,\"b\":1}\n\n", "1:"},
            {"\xef\xbb\xbf{\"a\":1,\"b\":1}\n", "1: note byte_order_mark;"},
        },
        "json",
        table_of("a:long b:string")
    );
}

BOOST_AUTO_TEST_CASE(json_over_several_lines) {
    check(
        {
            {"[{\"a\":1,\n\"b\":1},\n{\"a\":2,\"b\":2}]", "2:"},
            {"{\"a\":1,\"b\":1} {\"a\":1,\"b\":1}", "2:"},
            {"[1, {\"a\":1,\"b\":1}]", "1: wrong not_an_object;"},
            {"[1]", "0: wrong not_an_object;"},
            {"[{\"a\":1,", "0: wrong not_json;"},
            {"{\"a\":1,\"b\":1},\n{\"a\":1,\"b\":1}\n", "1: wrong not_json;", "line 1"},
            {"[{\"a\":1,\"b\":1} {\"a\":1}]", "1: wrong not_json;", "no comma"},
            {"[{\"a\":1,\"b\":1},]", "1: wrong not_json;"},
            {"[{\"a\":1,\"b\":1}", "1: wrong not_json;", "not closed"},
            {"[{\"a\":1,\"b\":1}]\n[{\"a\":1}]", "2:"},
            {"[]", "problem: it holds no record"},
        },
        "multijson",
        table_of("a:long b:string")
    );
}

BOOST_AUTO_TEST_CASE(json_by_a_mapping) {
    auto table = with_mapping("a:long b:string", "a=$.x.n b=$.x.list[0]");
    check(
        {
            {"{\"x\":{\"n\":1,\"list\":[\"y\"]}}\n", "1:"},
            {"{\"x\":{\"n\":1,\"list\":[\"y\"]}}\n{\"x\":{}}\n", "2:"},
            {"{\"x\":{\"n\":1}}\n", "1: wrong path_missing;", "b: no record has $.x.list[0]"},
            {"{\"x\":{\"n\":1,\"list\":[\"y\"],\"more\":2},\"z\":3}\n",
             "1: warning property_dropped; warning property_dropped;",
             "$.x.more"},
        },
        "json",
        table
    );
    auto whole = with_mapping("a:long b:dynamic", "a=$.a b=$");
    BOOST_TEST(codes(compared("{\"a\":1,\"z\":2}\n", "json", whole)) == "1:");
    auto odd = with_mapping("a:long b:dynamic", "a=$.a b=$..z");
    auto found = compared("{\"a\":1,\"z\":2}\n", "json", odd);
    BOOST_TEST(codes(found) == "1: note path_unknown;");
    auto bag = with_mapping("a:dynamic b:long", "a=$.a=PropertyBagArrayToDictionary b=$.b");
    found = compared("{\"a\":[{\"k\":1}],\"b\":2}\n", "json", bag);
    BOOST_TEST(codes(found) == "1:");
}

BOOST_AUTO_TEST_CASE(many_properties_that_are_dropped) {
    std::string text = "{\"a\":1";
    for (int i = 0; i < 150; ++i) text += ",\"p" + std::to_string(i) + "\":1";
    auto found = compared(text + "}\n", "json", table_of("a:long"));
    BOOST_TEST(found.findings.size() == 101U);
    BOOST_TEST(found.findings.back().code == "properties_left_out");
    BOOST_TEST(found.fits());
}

BOOST_AUTO_TEST_CASE(long_values) {
    std::string longer(1100000, 'x');
    auto found = compared("1," + longer + "\n", "csv", table_of("a:long b:string"));
    BOOST_TEST(codes(found) == "1: wrong value_too_long;");
    BOOST_TEST(says(found, "is cut"));
    found = compared("1," + longer + "\n", "csv", table_of("a:long b:dynamic"));
    BOOST_TEST(says(found, "becomes null"));
}

BOOST_AUTO_TEST_CASE(numbers_that_no_real_holds) {
    auto table = table_of("a:real");
    BOOST_TEST(codes(compared("1\n1e400\n", "csv", table)) == "2: wrong value_becomes_null;");
    BOOST_TEST(codes(compared("{\"a\":1e400}\n", "json", table)) == "1: wrong value_becomes_null;");
}

BOOST_AUTO_TEST_CASE(what_is_cut_ends_in_no_whole_record) {
    auto table = table_of("a:long b:string");
    BOOST_TEST(codes(compared("1,x\n2,", "csv", table, false, true)) == "1: note cut;");
    BOOST_TEST(codes(compared("1\tx\n2", "tsve", table, false, true)) == "1: note cut;");
    auto json = compared("{\"a\":1,\"b\":2}\n{\"a\"", "json", table, false, true);
    BOOST_TEST(codes(json) == "1: note cut;");
    auto list = compared("[{\"a\":1,\"b\":2},\n{\"a\":", "multijson", table, false, true);
    BOOST_TEST(codes(list) == "1: note cut;");
}

BOOST_AUTO_TEST_CASE(formats_that_are_not_looked_into) {
    for (auto format : {"parquet", "avro", "apacheavro", "orc", "sstream", "w3clogfile"}) {
        auto found = compared("anything", format, table_of("a:long"));
        BOOST_TEST(found.problem.starts_with("format " + std::string(format) + ": "));
        BOOST_TEST(!found.fits());
    }
}

BOOST_AUTO_TEST_SUITE_END()
