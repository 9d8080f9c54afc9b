#include "emulator/engine/scripts/script.hpp"

#include "emulator/ingest/ingestor_service.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;
using texts = std::vector<std::string>;

namespace {

struct scripted : test::ingestor_service {
    scripted() { run(); }

    http::response answer_to(const std::string& command) {
        auto task = start(subject->management("Db", command));
        return task->value.value();
    }

    // "TableCreate Completed" of each row.
    texts ends(const std::string& command) {
        texts out;
        for (auto& row : rows_of(command)) {
            out.push_back(text(row, 1) + " " + text(row, 3));
        }
        return out;
    }

    json::array rows_of(const std::string& command) {
        auto response = answer_to(command);
        BOOST_TEST_REQUIRE(response.status == 200u, response.body);
        return json::parse(response.body).at("Tables").at(0).at("Rows").as_array();
    }

    static std::string text(const json::value& row, std::size_t column) {
        return std::string(row.as_array().at(column).as_string());
    }

    std::string refusal(const std::string& command) {
        auto response = answer_to(command);
        BOOST_TEST_REQUIRE(response.status == 400u, response.body);
        return std::string(json::parse(response.body).at("error").at("@message").as_string());
    }
};

constexpr auto broken_second =
    "<|\n.create table A (a:string)\n.create table B (a:nonsense)\n.create table C (a:string)";

}  // namespace

BOOST_AUTO_TEST_SUITE(script_text)

BOOST_AUTO_TEST_CASE(a_command_begins_with_a_point_at_the_begin_of_a_line) {
    BOOST_TEST(
        (commands_in(".create table A (a:string)\n\n  .drop table A\n") ==
         texts{".create table A (a:string)", ".drop table A"})
    );
    BOOST_TEST((commands_in(".alter table A policy x @'{\"a\": .5}'").size()) == 1u);
    BOOST_TEST(commands_in(" \n // only a comment\n").empty());
    BOOST_TEST(commands_in("").empty());
}

BOOST_AUTO_TEST_CASE(comments_around_commands_are_left_out) {
    BOOST_TEST(
        (commands_in("//\n// Tables\n.create table A\n  (a:string) // its columns\n// next\n\n"
                     ".drop table B\n// the end"
         ) == texts{".create table A\n  (a:string) // its columns", ".drop table B"})
    );
}

BOOST_AUTO_TEST_CASE(lines_within_literals_braces_and_comments_begin_none) {
    for (std::string one :
         {".create-or-alter table A ingestion json mapping 'M'\n```\n.b\n```",
          ".create table A (\n.b:string)",
          ".create function F() {\nT\n.5\n}",
          ".create table A (a:string) with (docstring='a\n.b')",
          ".create table A (a:string) with (docstring='it\\'s\n.b')",
          ".create table A (a:string) with (docstring=@'\\\n.b')",
          ".create table A // don't stop\n(a:string)"}) {
        BOOST_TEST((commands_in(one + "\n.drop table Z") == texts{one, ".drop table Z"}), one);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_command_is_one_for_all_that) {
    BOOST_TEST((commands_in("T | count\n.drop table A") == texts{"T | count", ".drop table A"}));
}

BOOST_AUTO_TEST_CASE(types_are_those_of_the_service) {
    BOOST_TEST(type_of_command(".create-merge table T(a:string)") == "TableCreate");
    BOOST_TEST(
        type_of_command(".alter-merge table T policy retention softdelete = 10d") ==
        "RetentionPolicyAlter"
    );
    BOOST_TEST(
        type_of_command(".create-or-alter function with (x='y') F() { T }") ==
        "FunctionCreateOrAlter"
    );
    BOOST_TEST(
        type_of_command(".create-or-alter table ['a b'] ingestion csv mapping 'M' '[]'") ==
        "IngestionMappingCreateOrAlter"
    );
    BOOST_TEST(type_of_command(".show tables").ends_with("Show"));
    BOOST_TEST(type_of_command("T | count") == "");
    BOOST_TEST(type_of_command(".create table T ('") == "");
}

BOOST_AUTO_TEST_CASE(another_command_is_no_script) {
    BOOST_TEST(!parse_script(".show tables").has_value());
    BOOST_TEST(!parse_script(".execute cluster script <| .show tables").has_value());
    BOOST_TEST(!parse_script("").has_value());
}

BOOST_AUTO_TEST_CASE(properties_are_read_in_any_spelling) {
    auto read = [](const std::string& with) {
        return parse_script(".execute database script with (" + with + ") <| .drop table A")
            .value();
    };
    BOOST_TEST(read("ContinueOnErrors=true").value().continues_on_errors);
    BOOST_TEST(read("throwonerrors = 'True'").value().throws_on_errors);
    BOOST_TEST(!read("ContinueOnErrors=false, ThrowOnErrors=false").value().throws_on_errors);
    BOOST_TEST(read("ContinueOnErrors=true, ThrowOnErrors=true").has_error());
    BOOST_TEST(read("ContinueOnErrors=yes").has_error());
    BOOST_TEST(read("Continue=true").error().detail.find("'Continue'") != std::string::npos);
    BOOST_TEST(read("ContinueOnErrors").has_error());
    BOOST_TEST(read("ContinueOnErrors=true ThrowOnErrors=true").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(script_run, scripted)

BOOST_AUTO_TEST_CASE(each_command_has_a_row) {
    auto found = rows_of(
        ".execute database script <|\n// two\n.create-merge table New (a:string)\n\n"
        ".create-or-alter table New ingestion csv mapping 'M'\n"
        "```[{\"Column\":\"a\",\"Properties\":{\"Ordinal\":\"0\"}}]```\n.show tables\n"
    );
    BOOST_TEST_REQUIRE(found.size() == 3u);
    std::set<std::string> ids;
    for (auto& row : found) ids.insert(text(row, 0));
    BOOST_TEST(ids.size() == 3u);
    BOOST_TEST(text(found[0], 2) == ".create-merge table New (a:string)");
    BOOST_TEST(text(found[1], 3) == "Completed");
    BOOST_TEST(text(found[1], 4) == "");
    BOOST_TEST(text(found[2], 3) == "Skipped");
    BOOST_TEST(rows("New | count") == "[[0]]");
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_the_end_and_no_error) {
    auto script = std::string(".execute database script ") + broken_second;
    BOOST_TEST((
        ends(script) == texts{"TableCreate Completed", "TableCreate Failed", "TableCreate Skipped"}
    ));
    BOOST_TEST(rows("A | count") == "[[0]]");
    BOOST_TEST(answer_to(".show table C cslschema").status == 400u);
}

BOOST_AUTO_TEST_CASE(it_continues_on_errors_if_it_is_to) {
    auto script =
        std::string(".execute database script with (ContinueOnErrors=true) ") + broken_second;
    auto found = rows_of(script);
    BOOST_TEST(text(found[1], 3) == "Failed");
    BOOST_TEST(text(found[1], 4).find("nonsense") != std::string::npos);
    BOOST_TEST(text(found[2], 3) == "Completed");
    BOOST_TEST(rows("C | count") == "[[0]]");
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_the_answer_if_it_is_to_be) {
    auto said =
        refusal(std::string(".execute database script with (ThrowOnErrors=true) ") + broken_second);
    BOOST_TEST(said.find("nonsense") != std::string::npos);
    BOOST_TEST(rows("A | count") == "[[0]]");
}

BOOST_AUTO_TEST_CASE(what_is_no_script_says_why) {
    BOOST_TEST(refusal(".execute database script").find("<|") != std::string::npos);
    BOOST_TEST(
        refusal(".execute database script <|\n// nothing").find("no commands") != std::string::npos
    );
    BOOST_TEST(
        refusal(".execute database script with (A=true) <| .drop table T").find("'A'") !=
        std::string::npos
    );
    BOOST_TEST(refusal(".execute nonsense").find("'.execute' is not known") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_script_in_a_script_fails) {
    auto found =
        ends(".execute database script <|\n.execute database script <|\n.create table A (a:string)"
        );
    BOOST_TEST(found.front().ends_with(" Failed"));
}

BOOST_AUTO_TEST_SUITE_END()
