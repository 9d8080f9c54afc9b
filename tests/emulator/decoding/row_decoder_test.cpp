#include "emulator/decoding/row_decoder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;

namespace {

std::string text_of(const cell& value) {
    if (auto* text = std::get_if<std::string>(&value)) return *text;
    if (auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (auto* number = std::get_if<double>(&value)) return std::to_string(*number);
    return "null";
}

/// A decoder with its rows as text, "a|b" each.
struct decoding {
    table_schema table = *parse_table_declaration("D.T(a:string,n:long)");
    row_format properties;
    std::vector<std::string> rows;
    std::uint64_t dropped = 0;

    explicit decoding(std::string format) {
        properties.format = format;
        properties.kind = kind_of_format(format).value();
    }

    void map(std::string_view text) { properties.mapping = *parse_mapping_columns(text); }

    // The code of the failure, or "". Bytes come `step` at a time.
    std::string run(std::string_view bytes, std::size_t step) {
        rows.clear();
        auto decoder = make_row_decoder(properties, table, [this](const std::vector<cell>& row) {
            std::string text;
            for (auto& one : row) text += (&one == &row.front() ? "" : "|") + text_of(one);
            rows.push_back(text);
        });
        for (; !bytes.empty(); bytes = bytes.substr(std::min(step, bytes.size()))) {
            auto done = decoder->feed(bytes.substr(0, step));
            if (!done) return done.error().code.text();
        }
        auto done = decoder->finish();
        dropped = decoder->dropped();
        return done ? "" : done.error().code.text();
    }

    std::string run(std::string_view bytes) {
        auto at_once = run(bytes, bytes.size() + 1);
        auto rows_at_once = rows;
        auto in_pieces = run(bytes, 1);
        BOOST_TEST(in_pieces == at_once);
        // What stood before a failure may differ in nothing either.
        BOOST_TEST(rows == rows_at_once, boost::test_tools::per_element());
        return at_once;
    }

    std::string all() const {
        std::string out;
        for (auto& row : rows) out += row + "\n";
        return out;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(row_decoder_)

BOOST_AUTO_TEST_CASE(reads_csv_with_quotes_and_either_line_end) {
    decoding csv("csv");
    BOOST_TEST(csv.run("x,1\r\n\"a \"\"b\"\", c\nd\",2\n\nlast,3") == "");
    BOOST_TEST(csv.all() == "x|1\na \"b\", c\nd|2\nlast|3\n");
}

BOOST_AUTO_TEST_CASE(reads_each_separator) {
    for (auto [format, line] : std::initializer_list<std::pair<std::string, std::string>>{
             {"tsv", "x\t1"},
             {"psv", "x|1"},
             {"scsv", "x;1"},
             {"sohsv",
              "x\x01"
              "1"}}) {
        decoding rows(format);
        BOOST_TEST(rows.run(line + "\n") == "");
        BOOST_TEST(rows.all() == "x|1\n");
    }
}

BOOST_AUTO_TEST_CASE(reads_escapes_in_tsve) {
    decoding rows("tsve");
    BOOST_TEST(rows.run("a\\tb\\\\\t7\n") == "");
    BOOST_TEST(rows.all() == "a\tb\\|7\n");
}

BOOST_AUTO_TEST_CASE(passes_over_the_first_record_when_asked) {
    decoding csv("csv");
    csv.properties.ignore_first_record = true;
    BOOST_TEST(csv.run("a,n\nx,1\n") == "");
    BOOST_TEST(csv.all() == "x|1\n");
}

BOOST_AUTO_TEST_CASE(keeps_an_empty_quoted_field_and_passes_over_blank_lines) {
    decoding csv("csv");
    csv.table = *parse_table_declaration("D.T(a:string)");
    BOOST_TEST(csv.run("\"\"\n\n\nx\n") == "");
    BOOST_TEST(csv.rows.size() == 2u);
}

BOOST_AUTO_TEST_CASE(refuses_ragged_rows) {
    BOOST_TEST(decoding("csv").run("a,1\nb\n") == "Stream_WrongNumberOfFields");
    BOOST_TEST(decoding("csv").run("a,1\nb,2,3") == "Stream_WrongNumberOfFields");
}

BOOST_AUTO_TEST_CASE(refuses_an_open_quote) {
    BOOST_TEST(decoding("csv").run("a,\"1\nb,2\n") == "Stream_ClosingQuoteMissing");
}

BOOST_AUTO_TEST_CASE(fills_missing_columns_and_ignores_surplus_ones) {
    decoding csv("csv");
    BOOST_TEST(csv.run("only\n") == "");
    BOOST_TEST(csv.all() == "only|null\n");
    BOOST_TEST(csv.run("a,1,more\n") == "");
    BOOST_TEST(csv.all() == "a|1\n");
}

BOOST_AUTO_TEST_CASE(takes_a_line_of_txt_and_all_of_raw_as_one_field) {
    decoding txt("txt");
    BOOST_TEST(txt.run("a,\"b\nc\n") == "");
    BOOST_TEST(txt.all() == "a,\"b|null\nc|null\n");
    decoding raw("raw");
    BOOST_TEST(raw.run("a\nb\n") == "");
    BOOST_TEST(raw.rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_json_lines_and_drops_bad_ones_silently) {
    decoding lines("json");
    BOOST_TEST(lines.run("{\"a\":\"x\",\"n\":1}\nnonsense\n{\"n\":2}\n[1]\n{\"a\":\"y\"}") == "");
    BOOST_TEST(lines.all() == "x|1\n|2\ny|null\n");
    BOOST_TEST(lines.dropped == 2u);
}

BOOST_AUTO_TEST_CASE(refuses_json_without_a_record) {
    BOOST_TEST(decoding("json").run("{\"a\":\n\"x\"}\n") == "BadRequest_NoRecordsOrWrongFormat");
    BOOST_TEST(decoding("multijson").run(" \n") == "BadRequest_NoRecordsOrWrongFormat");
    BOOST_TEST(decoding("csv").run("\n") == "Stream_NoDataToIngest");
}

BOOST_AUTO_TEST_CASE(reads_multijson_over_lines_and_in_arrays) {
    decoding multi("multijson");
    BOOST_TEST(multi.run("{\"a\":\n\"x}\\\"\"}{\"n\":2}\n [ {\"n\":3} , {\"n\":4} ]\n") == "");
    BOOST_TEST(multi.all() == "x}\"|null\n|2\n|3\n|4\n");
}

BOOST_AUTO_TEST_CASE(refuses_malformed_multijson) {
    for (auto text :
         {"{\"a\":1}x",
          "{\"a\":}",
          "[{\"a\":1},]",
          "[{\"a\":1} {\"a\":2}]",
          "{\"a\":1",
          "[{\"a\":1}",
          "7",
          "{\"a\":1},{\"a\":2}"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(decoding("multijson").run(text) == "BadRequest_InvalidBlob");
        }
    }
}

BOOST_AUTO_TEST_CASE(names_in_paths_may_have_quotes_and_brackets) {
    decoding lines("json");
    lines.map(R"([{"column":"a","Path":"$['it\\'s']['x]y']"},
                  {"column":"n","Path":"$[\"[0]\"]['a\\\\b']"}])");
    BOOST_TEST(lines.run(R"({"it's":{"x]y":"z"},"[0]":{"a\\b":7}})") == "");
    BOOST_TEST(lines.all() == "z|7\n");
}

BOOST_AUTO_TEST_CASE(maps_properties_by_path) {
    decoding lines("json");
    lines.map(R"([{"column":"a","Properties":{"Path":"$.deep['the key'].list[1]"}},
                  {"Column":"n","path":"$.n"}])");
    BOOST_TEST(lines.run(R"({"deep":{"the key":{"list":[1,{"x":2}]}},"n":"5"})") == "");
    BOOST_TEST(lines.all() == "{\"x\":2}|5\n");
}

BOOST_AUTO_TEST_CASE(maps_fields_by_ordinal_and_constants) {
    decoding csv("csv");
    csv.map(R"([{"column":"n","Properties":{"Ordinal":"2"}},
                {"column":"a","Properties":{"ConstValue":"k"}}])");
    BOOST_TEST(csv.run("x,y,9\n") == "");
    BOOST_TEST(csv.all() == "k|9\n");
}

BOOST_AUTO_TEST_CASE(transforms_unix_times_and_source_facts) {
    decoding lines("json");
    lines.table = *parse_table_declaration("D.T(t:datetime,m:datetime,s:string,l:long)");
    lines.properties.source = "https://a.b/c/d.json";
    lines.map(R"([{"column":"t","Path":"$.t","Transform":"DateTimeFromUnixSeconds"},
                  {"column":"m","Path":"$.m","Transform":"DateTimeFromUnixMilliseconds"},
                  {"column":"s","Transform":"SourceLocation"},
                  {"column":"l","Transform":"SourceLineNumber"}])");
    BOOST_TEST(lines.run(R"({"t":1,"m":1500})") == "");
    BOOST_TEST(
        lines.all() ==
        "1970-01-01T00:00:01.0000000Z|1970-01-01T00:00:01.5000000Z|https://a.b/c/d.json|1\n"
    );
}

BOOST_AUTO_TEST_CASE(counts_a_binary_blob_as_one_opaque_row) {
    decoding parquet("parquet");
    BOOST_TEST(parquet.run("PAR1") == "");
    BOOST_TEST(parquet.all() == "|null\n");
}

BOOST_AUTO_TEST_CASE(makes_null_of_what_is_not_of_the_type) {
    using enum column_type;
    auto as = [](std::string_view text, column_type type) {
        return text_of(cell_from_text(text, type));
    };
    BOOST_TEST(as("x", long_) == "null");
    BOOST_TEST(as("3000000000", int_) == "null");
    BOOST_TEST(as(" 3000000000 ", long_) == "3000000000");
    BOOST_TEST(as("maybe", bool_) == "null");
    BOOST_TEST(as("True", bool_) == "1");
    BOOST_TEST(as("", real) == "null");
    BOOST_TEST(
        as("{F6E8AE77-4f5b-4e4f-9a2b-0e6d8a2a7a01}", guid) == "f6e8ae77-4f5b-4e4f-9a2b-0e6d8a2a7a01"
    );
    BOOST_TEST(as("1.50", decimal) == "1.50");
    BOOST_TEST(as("{\"b\": 1}", dynamic) == "{\"b\":1}");
    BOOST_TEST(as("no json", dynamic) == "\"no json\"");
}

BOOST_AUTO_TEST_CASE(writes_times_in_one_form) {
    BOOST_TEST(*normalized_datetime("2026-08-22") == "2026-08-22T00:00:00.0000000Z");
    BOOST_TEST(*normalized_datetime("2026-08-22 10:30") == "2026-08-22T10:30:00.0000000Z");
    BOOST_TEST(
        *normalized_datetime("2026-08-22T10:00:00.123456789Z") == "2026-08-22T10:00:00.1234567Z"
    );
    BOOST_TEST(
        *normalized_datetime("2026-08-22T10:00:00.5+02:00") == "2026-08-22T08:00:00.5000000Z"
    );
    BOOST_TEST(
        *normalized_datetime("Mon, 23 Nov 2026 00:24:22 GMT") == "2026-11-23T00:24:22.0000000Z"
    );
    BOOST_TEST(!normalized_datetime("soon"));
    BOOST_TEST(*normalized_timespan("1.02:03:04.5") == "1.02:03:04.5000000");
    BOOST_TEST(*normalized_timespan("90m") == "01:30:00");
    BOOST_TEST(*normalized_timespan("-00:00:30") == "-00:00:30");
    BOOST_TEST(!normalized_timespan("long"));
}

BOOST_AUTO_TEST_SUITE_END()
