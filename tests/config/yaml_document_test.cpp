#include "config/yaml/yaml_document.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace kustodrop;
using namespace kustodrop::config;

static std::string outcome_of(std::string_view text, const yaml_limits& limits = {}) {
    auto document = parse_yaml(text, "k.yaml", limits);
    if (document.problems.empty()) return "";
    BOOST_TEST(document.problems.size() == 1U);
    return to_string(document.problems[0]);
}

static void describe(const node& node, std::string& out) {
    auto at = "@" + std::to_string(node.at.line) + ":" + std::to_string(node.at.column);
    if (node.kind == node_kind::null) out += "null" + at;
    if (node.kind == node_kind::scalar) out += "'" + node.text + "'" + at;
    if (node.kind == node_kind::list) {
        out += "[" + at;
        for (auto& item : node.items) {
            out += ' ';
            describe(item, out);
        }
        out += "]";
    }
    if (node.kind == node_kind::map) {
        out += "{" + at;
        for (auto& entry : node.entries) {
            out += ' ' + entry.key + "@" + std::to_string(entry.key_at.line) + ":" +
                   std::to_string(entry.key_at.column) + "=";
            describe(entry.value, out);
        }
        out += "}";
    }
}

static std::string shape_of(std::string_view text) {
    auto document = parse_yaml(text, "k.yaml");
    BOOST_TEST_CONTEXT(text) { BOOST_TEST_REQUIRE(document.problems.empty()); }
    std::string out;
    describe(document.root, out);
    return out;
}

BOOST_AUTO_TEST_SUITE(yaml_document_)

BOOST_AUTO_TEST_CASE(knows_where_everything_stands) {
    BOOST_TEST(
        shape_of("a: 1\nb:\n  - x\n  - y: z\n") ==
        "{@1:1 a@1:1='1'@1:4 b@2:1=[@3:3 'x'@3:5 {@4:5 y@4:5='z'@4:8}]}"
    );
    BOOST_TEST(
        shape_of("{a: [1, {b: c}]}") == "{@1:1 a@1:2=[@1:5 '1'@1:6 {@1:9 b@1:10='c'@1:13}]}"
    );
}

BOOST_AUTO_TEST_CASE(puts_a_missing_value_where_its_key_stands) {
    BOOST_TEST(
        shape_of("a:\n\n\nb: ~\nc: null\n") == "{@1:1 a@1:1=null@1:1 b@4:1=null@4:1 c@5:1=null@5:1}"
    );
    BOOST_TEST(shape_of("{a: , b}") == "{@1:1 a@1:2=null@1:2 b@1:7=null@1:7}");
}

BOOST_AUTO_TEST_CASE(takes_quoted_values_for_text) {
    BOOST_TEST(shape_of("a: 'null'\nb: \"\"\n") == "{@1:1 a@1:1='null'@1:4 b@2:1=''@2:4}");
}

BOOST_AUTO_TEST_CASE(reads_json_tabs_and_all) {
    BOOST_TEST(
        shape_of("{\n\t\"a\": {\n\t\t\"b\": [true, null]\n\t}\n}\n") ==
        "{@1:1 a@2:2={@2:7 b@3:3=[@3:8 'true'@3:9 null@3:15]}}"
    );
}

BOOST_AUTO_TEST_CASE(says_where_a_reference_in_braces_needs_quotes) {
    for (auto text :
         {"auth: {kind: x, client_secret: ${cred:a}}\n",
          "auth: {client_secret: ${env:A}, kind: x}\n",
          "watches:\n  - {path: a, table: ${env:T}\n"}) {
        auto found = parse_yaml(text, "k.yaml", {}).problems;
        BOOST_TEST_CONTEXT(text) {
            BOOST_REQUIRE(found.size() == 1u);
            BOOST_TEST((found.front().message.find("needs quotes") != std::string::npos));
            auto lines = std::string(text).substr(0, std::string(text).find("${"));
            BOOST_TEST(found.front().line == 1 + std::ranges::count(lines, '\n'));
        }
    }
    // Another mistake behind a quoted one is not blamed on it.
    auto other = parse_yaml("a: {b: \"${env:A}\"}\nc: [\n", "k.yaml", {}).problems;
    BOOST_TEST((other.front().message.find("needs quotes") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(keeps_a_key_that_is_there_twice) {
    BOOST_TEST(shape_of("a: 1\na: 2\n") == "{@1:1 a@1:1='1'@1:4 a@2:1='2'@2:4}");
}

BOOST_AUTO_TEST_CASE(fills_in_aliases_where_they_stand) {
    BOOST_TEST(
        shape_of("a: &x {k: v}\nb: *x\n") ==
        "{@1:1 a@1:1={@1:4 k@1:8='v'@1:11} b@2:1={@2:4 k@1:8='v'@1:11}}"
    );
}

BOOST_AUTO_TEST_CASE(ignores_a_byte_order_mark_and_carriage_returns) {
    BOOST_TEST(
        shape_of("\xEF\xBB\xBF"
                 "a: 1\r\nb: 2\r\n") == "{@1:1 a@1:1='1'@1:4 b@2:1='2'@2:4}"
    );
}

BOOST_AUTO_TEST_CASE(reads_nothing_as_nothing) {
    BOOST_TEST(outcome_of("") == "k.yaml:1:1: the file is empty");
    BOOST_TEST(outcome_of("# only a comment\n") == "k.yaml:1:1: the file is empty");
}

BOOST_AUTO_TEST_CASE(says_where_the_text_is_no_yaml) {
    struct row {
        std::string text;
        std::string expected;
    };
    const std::string a_key =
        "a list or a map stands in place of a key, or its bracket is not closed; close it, or put "
        "a text that begins with { or [ in quotes";
    const std::string a_colon =
        "is not valid YAML: a colon where none can stand; check the indentation and the blank "
        "behind the colon, here and in the line above, and put a text with \": \" in quotes";
    for (auto& [text, expected] : std::initializer_list<row>{
             {"a: [1\nb: 2\n",
              "k.yaml:2:2: is not valid YAML: a { or [ that stands above is not closed; close it"},
             {"a: 'b\n",
              "k.yaml:1:6: is not valid YAML: a quote that stands above is not closed; close it"},
             {"a: b: c\n", "k.yaml:1:5: " + a_colon},
             {"a:\n b: 1\n   c: 2\n", "k.yaml:3:5: " + a_colon},
             {"a: *nowhere\n",
              "k.yaml:1:4: is not valid YAML: a text that begins with * needs quotes, like "
              "\"*.json\""},
             {"a: [**/*.csv]\n",
              "k.yaml:1:5: is not valid YAML: a text that begins with * needs quotes, like "
              "\"*.json\""},
             {"a: @b\n",
              "k.yaml:1:4: is not valid YAML: a text that begins with @, % or ` needs quotes"},
             {"a: b\n- c\n",
              "k.yaml:2:1: does not belong to what stands above; check the "
              "indentation"},
             {"a:\n  - b\n  c: d\n",
              "k.yaml:3:3: does not belong to what stands above; check the indentation"},
             {"a: b: }\n", "k.yaml:1:5: " + a_colon},
             {"a: \"\\q\"\n",
              "k.yaml:1:7: is not valid YAML: an unknown \\ between double quotes; write \\\\ or "
              "use single quotes"},
             {"a:\n\tb: 1\n",
              "k.yaml:2:1: a tab in the indentation; YAML allows only spaces there"},
             {"a:\n  b: 1\n \tc: 1\n",
              "k.yaml:3:2: a tab in the indentation; YAML allows only spaces there"},
             {"a: b\nc: \"x\xFFy\"\n", "k.yaml:2:6: the text is not UTF-8; save the file as UTF-8"},
             {"a: \xC3", "k.yaml:1:4: the text is not UTF-8; save the file as UTF-8"},
             {std::string(
                  "\xFF\xFE"
                  "a\0",
                  4
              ),
              "k.yaml:1:1: the file is UTF-16; use UTF-8"},
             {std::string("a: b\0c\n", 7), "k.yaml:1:5: a control character; use plain text"},
             {"a: b\x04\nc: d\n", "k.yaml:1:5: a control character; use plain text"},
             {"a: 1\n---\nb: 2\n",
              "k.yaml:3:1: does not belong to what stands above; check the indentation, and write "
              "only one document in a file"},
             {"[a]: b\n", "k.yaml:1:1: " + a_key},
             {"? {a: b}\n: c\n", "k.yaml:1:3: " + a_key},
             {"a: &x [1]\n*x : b\n", "k.yaml:2:1: " + a_key},
             {"a: !include b.yaml\n",
              "k.yaml:1:4: YAML tags (!…) are not supported; write the value itself"},
             {"a: &x [*x]\n", "k.yaml:1:8: an alias lies inside its own anchor"}}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(outcome_of(text) == expected); }
    }
}

BOOST_AUTO_TEST_CASE(takes_a_tab_that_does_not_indent) {
    BOOST_TEST(outcome_of("a:\t1\nb: 2\t# comment\n\t\nc: 3\n") == "");
}

BOOST_AUTO_TEST_CASE(accepts_the_standard_tags) {
    BOOST_TEST(shape_of("a: !!str 1\n") == "{@1:1 a@1:1='1'@1:4}");
}

BOOST_AUTO_TEST_CASE(limits_the_size_of_the_file) {
    std::string text = "a: 1\n#" + std::string((1 << 20) - 6, 'x');
    BOOST_TEST(outcome_of(text) == "");
    BOOST_TEST(outcome_of(text + "x") == "k.yaml:1:1: the file is too large; use at most 1.0 MiB");
}

BOOST_AUTO_TEST_CASE(limits_the_depth) {
    BOOST_TEST(outcome_of(std::string(32, '[') + std::string(32, ']')) == "");
    auto expected = "k.yaml:1:33: is nested too deeply; use at most 32 levels";
    BOOST_TEST(outcome_of(std::string(33, '[') + std::string(33, ']')) == expected);
    BOOST_TEST(outcome_of(std::string(500'000, '[')) != "");
    std::string dashes;
    for (int i = 0; i < 100'000; ++i) dashes += "- ";
    BOOST_TEST(outcome_of(dashes).ends_with("is nested too deeply; use at most 32 levels"));
}

BOOST_AUTO_TEST_CASE(limits_the_depth_that_aliases_add_up_to) {
    yaml_limits limits;
    limits.depth = 4;
    BOOST_TEST(outcome_of("- &x [[1]]\n- [*x]\n", limits) == "");
    BOOST_TEST(
        outcome_of("- &x [[1]]\n- [[*x]]\n", limits) ==
        "k.yaml:2:5: is nested too deeply; use at most 4 levels"
    );
}

BOOST_AUTO_TEST_CASE(limits_the_number_of_values) {
    std::string text = "[";
    for (int i = 0; i < 19'999; ++i) text += "1,";
    BOOST_TEST(outcome_of(text + "]") == "");
    BOOST_TEST(outcome_of(text + "1]")
                   .ends_with("holds too many values; use at most 20000, aliases counted"));
}

BOOST_AUTO_TEST_CASE(stops_an_alias_bomb) {
    std::string text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
    for (int i = 1; i < 10; ++i) {
        auto name = std::to_string(i);
        auto before = "*a" + std::to_string(i - 1);
        text += "a" + name + ": &a" + name + " [";
        for (int j = 0; j < 10; ++j) text += before + " ,";
        text += "]\n";
    }
    BOOST_TEST(
        outcome_of(text).ends_with("holds too many values; use at most 20000, aliases counted")
    );
}

BOOST_AUTO_TEST_CASE(stops_an_alias_bomb_of_few_long_texts) {
    std::string text = "a: &a " + std::string(500'000, 'x') + "\nb: [";
    for (int i = 0; i < 1000; ++i) text += "*a ,";
    BOOST_TEST(outcome_of(text + "]\n")
                   .ends_with("holds too much text; use at most 4.0 MiB, aliases counted"));
}

BOOST_AUTO_TEST_CASE(never_repeats_the_text) {
    for (std::string text :
         {"s: 'hunter2\n",
          "s: \"hunter2\\q\"\n",
          "s: *hunter2\n",
          "s: !hunter2 x\n",
          "s: hunter2: x\n",
          "s: &hunter2 &hunter2 x\n",
          "s: |hunter2\n",
          "%hunter2\n---\n",
          "s: @hunter2\n",
          "s: \"\\xhunter2\"\n",
          "? [hunter2]\n"}) {
        auto printed = outcome_of(text);
        BOOST_TEST_CONTEXT(printed) { BOOST_TEST(printed.find("hunter") == std::string::npos); }
    }
}

BOOST_AUTO_TEST_SUITE_END()
