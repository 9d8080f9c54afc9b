// What people copy from pages, queries and other programs' files.
#include "config/keys/key_homes.hpp"
#include "config/keys/table.hpp"
#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

// The only problem of a watch with this in place of its table and what follows.
static std::string with_table(const std::string& table) {
    auto text = std::string(whole_cluster) + std::string(whole_auth) +
                "watches:\n  - path: /d\n    database: D\n    format: csv\n    table: " + table +
                "\n";
    return problems_of(text);
}

BOOST_AUTO_TEST_SUITE(pasted_text)

BOOST_AUTO_TEST_CASE(blanks_of_pages_are_named_where_yaml_would_misread_them) {
    static constexpr auto said =
        "a blank that is not a plain one, as pages and word processors have; type it again\n";
    BOOST_TEST(problems_of("log:\u00A0{level: info}\n") == std::string("k.yaml:1:5: ") + said);
    BOOST_TEST(
        problems_of("log:\n\u00A0\u00A0level: info\n") == std::string("k.yaml:2:1: ") + said
    );
    BOOST_TEST(problems_of("a:\n  -\u3000b\n") == std::string("k.yaml:2:4: ") + said);
    BOOST_TEST(problems_of("\"log\":\u200B{}\n") == std::string("k.yaml:1:7: ") + said);
    BOOST_TEST(problems_of("# a\u00A0remark:\u00A0x\n" + minimal()) == "");
    BOOST_TEST(problems_of("\uFEFF" + minimal()) == "");
    BOOST_TEST(with_table("a\u3000b") == "");
}

BOOST_AUTO_TEST_CASE(names_quoted_as_in_a_query_are_taken_without_that) {
    BOOST_TEST(
        with_table("\"['my table']\"") ==
        "k.yaml:7:12: watches[0].table: \"['my table']\" is quoted as in a query; use the name "
        "alone, my table\n"
    );
    BOOST_TEST(with_table("'[\"T\"]'").ends_with("use the name alone, T\n"));
    BOOST_TEST(with_table("\"my table-1.x\"") == "");
}

BOOST_AUTO_TEST_CASE(typographic_signs_are_no_part_of_a_name) {
    for (auto name : {"“T”", "‘T’", "T\u200B", "„T“", "«T»", "my\u00A0table"}) {
        BOOST_TEST(with_table(name).find("typographic") != std::string::npos, name);
    }
    BOOST_TEST(with_table("Größe") == "");
}

BOOST_AUTO_TEST_CASE(a_regular_expression_is_not_a_pattern) {
    auto said = with_table("T\n    include: ['^.*\\.csv$']");
    BOOST_TEST(said.ends_with("is a regular expression; use a pattern, like \"*.csv\"\n"));
    BOOST_TEST(with_table("T\n    exclude: ['^x*', '*$']") == "");
}

BOOST_AUTO_TEST_CASE(a_number_that_yaml_may_read_as_octal_is_refused) {
    BOOST_TEST(
        with_table("T\n    max_pending: 010") ==
        "k.yaml:8:18: watches[0].max_pending: \"010\" begins with a zero; did you mean 10?\n"
    );
    BOOST_TEST(with_table("T\n    max_pending: 000").find("did you mean 0?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_in_the_wrong_section_is_sent_to_its_own) {
    BOOST_TEST(
        problems_of(minimal() + "stable_for: 2s\n") ==
        "k.yaml:4:1: stable_for: is an unknown key here; it is one of watches[]\n"
    );
    BOOST_TEST(
        problems_of(minimal() + "upload: {poll_interval: 1s}\n") ==
        "k.yaml:4:10: upload.poll_interval: is an unknown key here; it is one of notifications\n"
    );
    BOOST_TEST(problems_of(minimal() + "log: {leevl: info}\n").ends_with("did you mean level?\n"));
    BOOST_TEST(
        problems_of(minimal() + "log: {frobnicate: 1}\n").find("use one of") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(all_sections_that_have_a_key_are_named) {
    auto all = config::documented_keys();
    BOOST_TEST(config::homes_of("level", all) == "log");
    BOOST_TEST(config::homes_of("state_directory", all) == "the top level");
    BOOST_TEST(config::homes_of("max_age", all).find("watches[].coalesce") != std::string::npos);
    BOOST_TEST(config::homes_of("database", all) == "watches[] or fleet");
    BOOST_TEST(config::homes_of("frobnicate", all) == "");
}

BOOST_AUTO_TEST_SUITE_END()
