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

BOOST_AUTO_TEST_CASE(headers_with_unusual_names) {
    check({
        {",name,age\n0,ann,31\n", "csv+header Column1:long name:string age:long"},
        {"id,id\n1,2\n", "csv+header id:long id_2:long"},
        {"country,2024\nDE,1.5\n", "csv+header country:string _2024:real", "cannot be known"},
        {"country,sum,2024\nDE,7,1\n", "csv+header country:string sum:long _2024:long"},
        {"\"id\nno\",n\n1,2\n", "csv+header id_no:long n:long"},
        {std::string(70, 'x') + ",id\na,1\n",
         "csv+header " + std::string(70, 'x') + ":string id:long"},
        {"id,100%\n1,2\n", "csv+header id:long _100:long"},
        {"n/a,1\n2,3\n", "csv Column1:string Column2:long", "long, string"},
    });
    auto text = commands_of(infer_one("First Name,n\nann,1\n"), "T", "M");
    BOOST_TEST(text.find("// First_Name: \"First Name\" in the header\n") != text.npos);
    BOOST_TEST(text.find("// n:") == text.npos);
}

BOOST_AUTO_TEST_CASE(csv_without_a_header) {
    check({
        {"1,x\n2,y\n", "csv Column1:long Column2:string"},
        {"2026-11-29T10:00:00Z,info,started,1\n",
         "csv Column1:datetime Column2:string Column3:string Column4:long"},
        {"x,x\ny,z\n", "csv Column1:string Column2:string", "it is taken for data"},
        {"a,b\nc,d\na,f\n", "csv Column1:string Column2:string", "it is taken for data"},
        {"x,5\n1,6\n2,7\n", "csv Column1:string Column2:long", "it is taken for data"},
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
        {"v\n9007199254740993\n1.5\n", "csv+header v:decimal", "decimal holds them all"},
        {"v\n12345678901234567890\n1.5\n", "csv+header v:decimal", "decimal holds them all"},
        {"v\n9007199254740993\n1e5\n", "csv+header v:real", "keeps 15 to 17 digits"},
        {"v\n0.12345678901234567890\n", "csv+header v:real", "more digits than real keeps"},
        {"v,w\n1e400,1\n1.5,2\n", "csv+header v:string w:long", "real, string"},
        {"v,w\n10675200.00:00:00,1\n", "csv+header v:string w:long"},
        {"v\n10675199.02:48:05.4775807\n", "csv+header v:timespan"},
        {"v,w\n1,2\r3,4\r", "csv+header v:long w:string", "carriage returns"},
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
        {"{\"a\":1,\"\":2,\"b\":3,\"é\":4}\n", "json a:long Column2:long b:long Column4:long"},
        {"{\"a'b\":1}\n", "json a_b:long", "a_b: its key is a'b"},
        {"{\"[0]\":1}\n", "json _0:long", "look whether the column is filled"},
        {"{\"a\":123456789012345678901234567890}\n", "json a:real", "more digits than real keeps"},
        {"{\"a\":18446744073709551615}\n{\"a\":0.5}\n", "json a:decimal", "decimal holds"},
        {"{\"a\":1e400}\n", "json a:real", "larger than any real"},
        {"{\"a\":1}\n7\n", "json a:long", "1 record is a value without a name: it has no column"},
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
        {"{}\n{}\n", "problem: no property is in its records"},
        {"{\"a\":1}\n{\"a\":\n{\"a\":3}\n",
         "problem: x: it is not JSON from line 2 on: incomplete JSON"},
        {"{\"a\":1},\n{\"a\":2},\n",
         "problem: x: it is not JSON from line 1 on: a comma between records, which are in no "
         "array"},
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
    auto list = infer_one("[{\"a\":1},{\"a\":2},{\"a", {}, true);
    BOOST_TEST(shape_of(list) == "multijson a:long");
    BOOST_TEST(list.records == 2u);
    auto one = infer_one("{\"records\":[{\"a\":1}", {}, true);
    BOOST_TEST(shape_of(one).starts_with("problem: it holds no whole record in the part"));
}

BOOST_AUTO_TEST_CASE(several_samples_are_one_table) {
    auto found = infer({{"x", "a,b\n1,x\n", false}, {"y", "a,b\n2.5,y\n", false}}, {});
    BOOST_TEST(shape_of(found) == "csv+header a:real b:string");
    BOOST_TEST(found.records == 2u);
    auto json = infer({{"x", "{\"a\":1}\n", false}, {"y", "{\"b\":2}\n", false}}, {});
    BOOST_TEST(shape_of(json) == "json a:long b:long");
}

BOOST_AUTO_TEST_CASE(samples_of_several_kinds_are_refused) {
    sample a{"a", "id,name\n1,ann\n"};
    auto with = [&](sample other) { return shape_of(infer({a, std::move(other)}, {})); };
    BOOST_TEST(with({"b", "4,dee\n"}).starts_with("problem: a has a header and b has none"));
    BOOST_TEST(with({"b", "name,id\nbob,2\n"})
                   .starts_with("problem: a and b have their columns in another order"));
    BOOST_TEST(with({"b", "id,city\n1,x\n"})
                   .starts_with("problem: a and b have other columns at the same places"));
    BOOST_TEST(with({"b", "{\"a\":1}\n"}).starts_with("problem: a is csv and b is json"));
    BOOST_TEST(with({"b", "id\tname\n1\tx\n"}).starts_with("problem: a is csv and b is tsv"));
    auto lines = infer({{"x", "{\"a\":1}\n"}, {"y", "[{\"b\":2}]"}}, {});
    BOOST_TEST(shape_of(lines) == "multijson a:long b:long");
}

BOOST_AUTO_TEST_CASE(a_sample_may_have_more_columns_than_another) {
    auto found = infer({{"a", "id,name\n1,ann\n"}, {"c", "id,name,extra\n3,cy,x\n"}}, {});
    BOOST_TEST(shape_of(found) == "csv+header id:long name:string extra:string");
    BOOST_TEST(has_note(found, "a: it lacks extra, which c has at the end"));
    BOOST_TEST(!has_note(found, "refuses"));
    auto uneven = infer({{"a", "id,name\n1,ann\n"}, {"c", "id,name\n3\n"}}, {});
    BOOST_TEST(has_note(uneven, "c: 1 of 1 records do not have 2 fields"));
}

BOOST_AUTO_TEST_CASE(the_same_first_record_of_texts_is_a_header) {
    auto alike = infer({{"a", "name,city\nx,y\n"}, {"b", "name,city\nz,w\n"}}, {});
    BOOST_TEST(shape_of(alike) == "csv+header name:string city:string");
    auto other = infer({{"a", "name,city\nx,y\n"}, {"b", "u,v\nz,w\n"}}, {});
    BOOST_TEST(shape_of(other) == "csv Column1:string Column2:string");
    BOOST_TEST(has_note(other, "taken for data"));
    auto data = infer({{"a", "x,1\ny,2\n"}, {"b", "z\n"}}, {});
    BOOST_TEST(has_note(data, "b: whether its first record"));
}

BOOST_AUTO_TEST_CASE(the_commands_create_the_table_and_its_mapping) {
    auto csv = commands_of(infer_one("when,what\n2026-11-29,x\n"), "Web's", "M");
    BOOST_TEST(
        csv ==
        "// 1 record of csv with a header\n"
        "\n.create-merge table ['Web\\'s'] (when:datetime, what:string)\n"
        "\n.create-or-alter table ['Web\\'s'] ingestion csv mapping 'M'\n```\n[\n"
        "  {\"Column\": \"when\", \"Properties\": {\"Ordinal\": \"0\"}},\n"
        "  {\"Column\": \"what\", \"Properties\": {\"Ordinal\": \"1\"}}\n]\n```\n"
        "\n// The watch: {table: \"Web's\", format: csv, ingestion_mapping_reference: M, "
        "ignore_first_record: true}\n"
    );
    auto json = commands_of(infer_one("{\"a.b\":1,\"c'd\":2}\n"), "T", "M");
    BOOST_TEST(json.find("\"Path\": \"$['a.b']\"") != std::string::npos);
    BOOST_TEST(json.find("\"Path\": \"$['c\\\\'d']\"") != std::string::npos);
    BOOST_TEST(json.find("ingestion json mapping 'M'") != std::string::npos);
    auto ticks = commands_of(infer_one("{\"a```b\":1}\n"), "T", "M");
    BOOST_TEST(ticks.find("$['a\\u0060\\u0060\\u0060b']") != std::string::npos);
    auto reserved = commands_of(infer_one("where,Where,what,in\n1,2,3,4\n"), "T", "M");
    BOOST_TEST(
        reserved.find("(['where']:long, Where_2:long, what:long, ['in']:long)") !=
            std::string::npos,
        reserved
    );
    for (auto text : {"null", "a: b", "", "12", "a,b", "#x"}) {
        BOOST_TEST(yaml_value(text) == "\"" + std::string(text) + "\"");
    }
    auto evil = commands_of(infer_one("{\"a\\n.drop table T\":null}\n"), "T", "M");
    BOOST_TEST(evil.find("\n.drop") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_service_may_not_read_as_a_time_is_text) {
    check({
        {"v,n\n2026-06-30T23:59:60Z,1\n", "csv+header v:string n:long"},
        {"v,n\n24:00:00,1\n", "csv+header v:string n:long"},
        {"v\n23:59:59\n", "csv+header v:timespan"},
    });
}

BOOST_AUTO_TEST_CASE(json_of_too_many_levels_is_not_called_wrong) {
    auto deep = [](int levels) {
        std::string out;
        for (int i = 0; i < levels; ++i) out += "{\"a\":";
        return out + "1" + std::string(static_cast<std::size_t>(levels), '}') + "\n";
    };
    BOOST_TEST(shape_of(infer_one(deep(1000))) == "json a:dynamic");
    for (auto levels : {1001, 5000}) {
        auto found = infer_one("{\"a\":1}\n" + deep(levels));
        BOOST_TEST(found.problem.find("line 2 has more than 1000 levels") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(whole_numbers_below_the_least_long_lose_digits_as_those_above_the_most) {
    BOOST_TEST(has_note(infer_one("{\"a\":-9223372036854775809}\n"), "more digits than real"));
    BOOST_TEST(!has_note(infer_one("{\"a\":-1e18}\n"), "more digits than real"));
}

BOOST_AUTO_TEST_SUITE_END()
