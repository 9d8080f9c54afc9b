#include "daemon/inferring/inference.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop::daemon;

static inference infer_one(std::string text, infer_rules rules = {}, bool is_cut = false) {
    return infer({{"x", std::move(text), is_cut}}, rules);
}

// "csv+header a:long b:string"
static std::string shape_of(const inference& found) {
    if (!found.problem.empty()) return "problem: " + found.problem;
    auto out = found.format + (found.has_header ? "+header" : "");
    for (auto& one : found.columns) {
        out += " " + one.name + ":" + std::string(to_string(one.type));
    }
    return out;
}

static bool has_note(const inference& found, std::string_view part) {
    return std::ranges::any_of(found.notes, [&](auto& note) {
        return note.find(part) != std::string::npos;
    });
}

// A sample, the table it fits into, and a part of what is said about it.
struct row {
    std::string text;
    std::string shape;
    std::string note = {};
};

static void check(const std::vector<row>& rows) {
    for (auto& [text, shape, note] : rows) {
        auto found = infer_one(text);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(shape_of(found) == shape);
            std::string all;
            for (auto& one : found.notes) all += one + "; ";
            BOOST_TEST((note.empty() || has_note(found, note)), all);
            if (note.empty()) BOOST_TEST(found.notes.empty(), all);
        }
    }
}

BOOST_AUTO_TEST_SUITE(infer_)

BOOST_AUTO_TEST_CASE(csv_with_a_header) {
    check({
        {"a,b\n1,x\n", "csv+header a:long b:string"},
        {"a,b\r\n1,x\r\n", "csv+header a:long b:string"},
        {"a,b\n1,x", "csv+header a:long b:string"},
        {"\n\na,b\n1,x\n\n", "csv+header a:long b:string"},
        {"\xef\xbb\xbf"
         "a,b\n1,x\n",
         "csv+header a:long b:string",
         "byte order mark"},
        {"\"a\",\"b\"\n\"1\",\"x\"\n", "csv+header a:long b:string"},
        {"First Name,Größe (cm)\nx,1.5\n", "csv+header First_Name:string Gr_e_cm:real"},
        {"a,A\n1,2\n", "csv+header a:long A_2:long"},
        {"when,who\n2026-11-29,x\n", "csv+header when:datetime who:string"},
        {"a,b\n,\n1,\n", "csv+header a:long b:string", "b: no value"},
        {"a,b\n1,\"two\nlines\"\n", "csv+header a:long b:string"},
        {"a,b\n1,\"he said \"\"no\"\"\"\n", "csv+header a:long b:string"},
        {"a,b\n1,\"\"\n", "csv+header a:long b:string", "b: no value"},
        {"a,b\n1,x\n2\n", "csv+header a:long b:string", "1 of 2 records do not have 2 fields"},
        {"a,b\n1,x,y\n", "csv+header a:long b:string", "1 of 1 records do not have 2 fields"},
        {"a,b\n1,\"x\n", "csv+header a:string b:string", "a quote is never closed"},
        {"a,b\n1,\"x\"y\n", "csv+header a:long b:string", "behind a closing quote"},
        {"1st,b\n1,x\n", "csv+header _1st:long b:string"},
    });
}

BOOST_AUTO_TEST_CASE(csv_without_a_header) {
    check({
        {"1,x\n2,y\n", "csv Column1:long Column2:string"},
        {"2026-11-29T10:00:00Z,info,started,1\n",
         "csv Column1:datetime Column2:string Column3:string Column4:long"},
        {"x,x\ny,z\n", "csv Column1:string Column2:string"},
        {"a,b\nc,d\na,f\n", "csv Column1:string Column2:string"},
        {",1\n,2\n", "csv Column1:string Column2:long", "Column1: no value"},
        {"5\n6\n", "csv Column1:long"},
    });
}

BOOST_AUTO_TEST_CASE(what_is_a_header_is_not_always_known) {
    check({
        {"name,city\nx,y\n", "csv+header name:string city:string", "cannot be known"},
        {"name,city\n", "csv+header name:string city:string", "cannot be known"},
    });
    infer_rules without;
    without.has_header = false;
    auto found = infer_one("name,city\nx,y\n", without);
    BOOST_TEST(shape_of(found) == "csv Column1:string Column2:string");
    BOOST_TEST(found.notes.empty());
    BOOST_TEST(found.records == 2u);
    infer_rules with;
    with.has_header = true;
    BOOST_TEST(shape_of(infer_one("1,2\n3,4\n", with)) == "csv+header _1:long _2:long");
}

BOOST_AUTO_TEST_CASE(other_separators) {
    check({
        {"a\tb\n1\tx\n", "tsv+header a:long b:string"},
        {"a;b\n1;2,5\n", "scsv+header a:long b:string"},
        {"a|b|c\n1|x|2\n", "psv+header a:long b:string c:long"},
        {"a\x01"
         "b\n1\x01x\n",
         "sohsv+header a:long b:string"},
        {"a,b;c\n1,2;x\n", "csv+header a:long b_c:string"},
    });
}

BOOST_AUTO_TEST_CASE(types_of_values) {
    check({
        {"v\n1\n2.5\n", "csv+header v:real", "v: its values are long, real: real"},
        {"v\n1\nx\n", "csv+header v:string", "v: its values are long, string"},
        {"v\ntrue\nFALSE\n", "csv+header v:bool"},
        {"v\n1e6\n-2.5E-3\n", "csv+header v:real"},
        {"v\n007\n012\n", "csv+header v:string", "leading zeros"},
        {"v\n99999999999999999999\n", "csv+header v:decimal"},
        {"v\n9223372036854775807\n", "csv+header v:long"},
        {"v\n12:30:00\n1.02:00:00.5\n", "csv+header v:timespan"},
        {"v\n6f9619ff-8b86-d011-b42d-00c04fc964ff\n", "csv+header v:guid"},
        {"v\n2026-11-29 10:00:00\n", "csv+header v:datetime"},
        {"v,w\n2026-13-29,1\n", "csv+header v:string w:long"},
        {"v\n\"Mon, 23 Nov 2026 00:24:22 GMT\"\n", "csv+header v:datetime"},
        {"v,w\n29/11/2026,1\n", "csv+header v:string w:long", "order of day and month"},
        {"v,w\n11.29.26,1\n", "csv+header v:string w:long", "order of day and month"},
        {"v\n1764410000\n", "csv+header v:long", "Unix times"},
        {"v\n1764410000123\n", "csv+header v:long", "Unix times"},
        {"v,w\n1.,1\n", "csv+header v:string w:long"},
        {"v,w\n+1,1\n", "csv+header v:string w:long"},
        {"v,w\n\"1,5\",1\n", "csv+header v:string w:long"},
    });
}

BOOST_AUTO_TEST_CASE(json_lines) {
    check({
        {"{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n", "json a:long b:string"},
        {"\xef\xbb\xbf{\"a\":1}\n", "json a:long", "byte order mark"},
        {"{\"a\":1}\r\n{\"a\":2}\r\n", "json a:long"},
        {"{\"a\":1}", "json a:long"},
        {"{\"a\":1}\n{\"b\":true}\n", "json a:long b:bool"},
        {"{\"a\":null}\n", "json a:string", "a: no value"},
        {"{\"a\":{\"b\":[1,2]}}\n", "json a:dynamic"},
        {"{\"a\":[1]}\n{\"a\":\"x\"}\n", "json a:dynamic", "dynamic, string: dynamic"},
        {"{\"a\":1}\n{\"a\":1.5}\n", "json a:real", "long, real"},
        {"{\"a\":1}\n{\"a\":\"x\"}\n", "json a:string", "long, string"},
        {"{\"a\":\"1\"}\n", "json a:string"},
        {"{\"t\":\"2026-11-29T10:00:00.123+01:00\"}\n", "json t:datetime"},
        {"{\"g\":\"6F9619FF-8B86-D011-B42D-00C04FC964FF\"}\n", "json g:guid"},
        {"{\"d\":\"1/2/2026\"}\n", "json d:string", "order of day and month"},
        {"{\"u\":18446744073709551615}\n", "json u:decimal"},
        {"{\"ts\":1764410000}\n", "json ts:long", "Unix times"},
        {"{\"a.b\":1,\"a b\":2}\n", "json a_b:long a_b_2:long"},
        {"{\"\":1}\n", "json Column1:long"},
        {"{\"a\":1}\n7\n", "json a:long", "1 records are values without names"},
        {"{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", "multijson a:long"},
        {"[{\"a\":1},\n{\"a\":2}]", "multijson a:long"},
        {"[{\"a\":1},{\"a\":2}]\n", "multijson a:long"},
    });
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_into) {
    check({
        {"", "problem: x: it holds no data"},
        {" \n\n", "problem: x: it holds no data"},
        {"\x1f\x8b\x08", "problem: x: it is gzip; give the uncompressed file"},
        {"PK\x03\x04", "problem: x: it is zip; give the uncompressed file"},
        {"\xff\xfe"
         "a",
         "problem: x: it is UTF-16, and the service reads UTF-8 only; convert it"},
        {"PAR1", "problem: x: it is Parquet, which has its schema inside"},
        {std::string("a,b\0", 4), "problem: x: it holds zero bytes: it is not text"},
        {"[1,2]\n",
         "problem: its records are values without names, not objects: use format txt or raw, or "
         "make objects of them"},
        {"a,b\n1,\xff\n", "csv+header a:long b:string", "not valid UTF-8"},
    });
    auto broken = infer_one("{\"a\":1}\n{\"a\":\n");
    BOOST_TEST(shape_of(broken).starts_with("problem: x: it is not JSON"));
    infer_rules avro;
    avro.format = "avro";
    BOOST_TEST(shape_of(infer_one("a", avro)).starts_with("problem: avro cannot be looked into"));
    BOOST_TEST(shape_of(infer({}, {})) == "problem: no sample was given");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_long_file_ends_with_its_last_whole_record) {
    auto csv = infer_one("a,b\n1,x\n2,yy\n3.5,", {}, true);
    BOOST_TEST(shape_of(csv) == "csv+header a:long b:string");
    BOOST_TEST(csv.records == 2u);
    BOOST_TEST(has_note(csv, "only the beginning"));
    auto quoted = infer_one("a,b\n1,x\n2,\"y", {}, true);
    BOOST_TEST(!has_note(quoted, "never closed"));
    auto json = infer_one("{\"a\":1}\n{\"a\":2}\n{\"a", {}, true);
    BOOST_TEST(shape_of(json) == "json a:long");
    BOOST_TEST(json.records == 2u);
}

BOOST_AUTO_TEST_CASE(several_samples_are_one_table) {
    auto found = infer({{"x", "a,b\n1,x\n", false}, {"y", "a,b\n2.5,y\n", false}}, {});
    BOOST_TEST(shape_of(found) == "csv+header a:real b:string");
    BOOST_TEST(found.records == 2u);
    auto json = infer({{"x", "{\"a\":1}\n", false}, {"y", "{\"b\":2}\n", false}}, {});
    BOOST_TEST(shape_of(json) == "json a:long b:long");
}

BOOST_AUTO_TEST_CASE(the_commands_create_the_table_and_its_mapping) {
    auto csv = commands_of(infer_one("when,what\n2026-11-29,x\n"), "Web's", "M");
    BOOST_TEST(
        csv ==
        "// 1 records of csv with a header\n"
        "\n.create-merge table ['Web\\'s'] (when:datetime, what:string)\n"
        "\n.create-or-alter table ['Web\\'s'] ingestion csv mapping 'M'\n```\n[\n"
        "  {\"Column\": \"when\", \"Properties\": {\"Ordinal\": \"0\"}},\n"
        "  {\"Column\": \"what\", \"Properties\": {\"Ordinal\": \"1\"}}\n]\n```\n"
        "\n// The watch: {table: Web's, format: csv, ingestion_mapping_reference: M, "
        "ignore_first_record: true}\n"
    );
    auto json = commands_of(infer_one("{\"a.b\":1,\"c'd\":2}\n"), "T", "M");
    BOOST_TEST(json.find("\"Path\": \"$['a.b']\"") != std::string::npos);
    BOOST_TEST(json.find("\"Path\": \"$['c\\\\'d']\"") != std::string::npos);
    BOOST_TEST(json.find("ingestion json mapping 'M'") != std::string::npos);
    auto evil = commands_of(infer_one("{\"a\\n.drop table T\":null}\n"), "T", "M");
    BOOST_TEST(evil.find("\n.drop") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
