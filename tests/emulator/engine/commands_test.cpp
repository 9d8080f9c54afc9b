#include "emulator/ingest/ingestor_service.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace kustodrop;
namespace json = boost::json;

namespace {

struct commanded : test::ingestor_service {
    commanded() { run(); }

    http::response answer_to(const std::string& command) {
        auto task = start(subject->management("Db", command));
        return task->value.value();
    }

    // The rows of the answer, or the message of the error.
    std::string answer(const std::string& command) {
        auto response = answer_to(command);
        auto parsed = json::parse(response.body);
        if (response.status == 200) {
            return json::serialize(parsed.at("Tables").at(0).at("Rows"));
        }
        return std::string(parsed.at("error").at("@message").as_string());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(commands_, commanded)

BOOST_AUTO_TEST_CASE(creates_a_table_that_can_be_asked) {
    BOOST_TEST(
        answer_to(".create table New (a:string, ['b c']:long) with (folder='x')").status == 200u
    );
    BOOST_TEST(rows("New | count") == "[[0]]");
    BOOST_TEST(
        answer(".show table New cslschema") == R"([["New","a:string,b c:long","Db","",""]])"
    );
    BOOST_TEST(answer(".show tables").find("\"New\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_no_table_of_a_database_that_does_not_exist) {
    for (auto command :
         {".show tables", ".show table T cslschema", ".show table T ingestion mappings"}) {
        auto task = start(subject->management("Nowhere", command));
        auto response = task->value.value();
        BOOST_TEST(response.status == 400u);
        BOOST_TEST(response.body.find("BadRequest_EntityNotFound") != std::string::npos);
        BOOST_TEST(response.body.find("of kind 'Database'") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(leaves_an_existing_table_as_it_is_or_merges_into_it) {
    answer_to(".create table T (z:string)");
    BOOST_TEST(answer(".show table T cslschema").find("a:string,n:long") != std::string::npos);
    answer_to(".create-merge table T (n:long, z:datetime)");
    BOOST_TEST(answer(".show table T cslschema").find("n:long,z:datetime") != std::string::npos);
    BOOST_TEST(
        answer(".create-merge table T (n:string)").find("exists with type") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(keeps_names_apart_that_differ_in_case_only) {
    answer_to(".create table t (A:string, a:long)");
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto one = message(1, "/c/b.csv");
    one["TableName"] = "t";
    post(one);
    one_batch();
    BOOST_TEST(rows("t | project a, A") == R"([[1,"x"]])");
    BOOST_TEST(rows("T | count") == "[[0]]");
}

BOOST_AUTO_TEST_CASE(makes_mappings_that_messages_may_name) {
    BOOST_TEST(
        answer_to(".create table T ingestion json mapping \"New\" '[{\"column\":\"a\",' "
                  "'\"Properties\":{\"Path\":\"$.deep.x\"}}]'")
            .status == 200u
    );
    storage.blobs["/c/b.json"] = R"({"deep":{"x":"found"}})";
    auto one = message(1, "/c/b.json");
    auto& bag = one["AdditionalProperties"].as_object();
    bag["format"] = "json";
    bag["ingestionMappingReference"] = "New";
    bag["ingestionMappingType"] = "Json";
    post(one);
    one_batch();
    BOOST_TEST(rows("T | project a") == R"([["found"]])");
    BOOST_TEST(answer(".show table T ingestion mappings").find("\"New\"") != std::string::npos);
    BOOST_TEST(
        answer(".create table T ingestion json mapping 'New' '[{\"column\":\"a\"}]'")
            .find("exists already") != std::string::npos
    );
    answer_to(".drop table T ingestion json mapping \"New\"");
    BOOST_TEST(answer(".show table T ingestion mappings").find("\"New\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_bad_mapping) {
    BOOST_TEST(
        answer(".create table T ingestion json mapping 'X' '[{]'")
            .find("BadRequest_InvalidMapping") == 0u
    );
    BOOST_TEST(
        answer(".create table T ingestion csv mapping 'X' '[{\"column\":\"gone\"}]'")
            .find("BadRequest_InconsistentMapping") == 0u
    );
}

BOOST_AUTO_TEST_CASE(drops_and_clears_tables) {
    storage.blobs["/c/b.csv"] = "x,1\n";
    post(message(1, "/c/b.csv"));
    one_batch();
    BOOST_TEST(rows("T | count") == "[[1]]");
    BOOST_TEST(answer_to(".clear table T data").status == 200u);
    BOOST_TEST(rows("T | count") == "[[0]]");
    BOOST_TEST(answer_to(".drop table T").status == 200u);
    BOOST_TEST(asked("T | count").status == 400u);
    BOOST_TEST(answer_to(".drop table T").status == 400u);
    BOOST_TEST(answer_to(".drop table T ifexists").status == 200u);
}

BOOST_AUTO_TEST_CASE(shows_ingestion_failures) {
    auto one = message(1, "/c/gone.csv");
    storage.blobs.clear();
    post(one);
    one_batch();
    BOOST_TEST(
        answer(".show ingestion failures | where IngestionSourcePath has \"gone\" "
               "| project ErrorCode, Table, FailureKind"
        ) == R"([["Download_SourceNotFound","T","Permanent"]])"
    );
    BOOST_TEST(answer(".show ingestion failures | where Table == 'Other'") == "[]");
}

BOOST_AUTO_TEST_CASE(functions_are_made_and_called) {
    answer(".create table F (a:string, n:long)");
    BOOST_TEST(
        answer_to(".create-or-alter function with (folder='x', docstring='a) b') Above(least:long, "
                  "of:string) {"
                  "\n F | where n > least // }\n | where a == of }")
            .status == 200u
    );
    BOOST_TEST(
        answer_to(".create function Both() { Above(1, 'x') | extend b = '{' }").status == 200u
    );
    storage.blobs["/c/b.csv"] = "x,1\nx,2\ny,3\n";
    auto one = message(1, "/c/b.csv");
    one["TableName"] = "F";
    post(one);
    one_batch();
    BOOST_TEST(rows("Above(0, 'x') | count") == "[[2]]");
    BOOST_TEST(rows("Above(1 + 1, 'y')") == R"([["y",3]])");
    BOOST_TEST(rows("Both() | project n, b") == R"([[2,"{"]])");
    BOOST_TEST(answer(".show functions").find(R"x(["Above","(least:long, of:string)")x") == 1u);
    BOOST_TEST(answer(".drop function Both") == "[]");
    BOOST_TEST(asked("Both()").status == 400);
}

BOOST_AUTO_TEST_CASE(functions_that_cannot_answer_are_refused) {
    answer(".create table F (a:string, n:long)");
    answer(".create function Loop() { F }");
    for (auto wrong :
         {".create function G() { Nowhere }",
          ".create function G() { F | where m > 1 }",
          ".create function G(n:text) { F }",
          ".create function G() { F",
          ".create function G { F }",
          ".create function Loop() { F }",
          ".drop function G"}) {
        BOOST_TEST(answer_to(wrong).status == 400u, wrong);
    }
    answer(".create-or-alter function Loop() { Loop() }");
    BOOST_TEST(asked("Loop()").status == 400);
    answer(".create-or-alter function One(n:long) { F | where n > n }");
    for (auto wrong : {"One()", "One(1, 2)", "One('x')", "One(1"}) {
        BOOST_TEST(asked(wrong).status == 400, wrong);
    }
}

BOOST_AUTO_TEST_CASE(tables_that_are_too_wide_are_refused) {
    auto wide = [](int columns) {
        std::string out;
        for (int i = 0; i < columns; ++i) out += (i > 0 ? ",c" : "c") + std::to_string(i) + ":long";
        return ".create-merge table Wide (" + out + ")";
    };
    BOOST_TEST(answer(wide(1991)).find("more than 1990 columns") != std::string::npos);
    BOOST_TEST(answer_to(wide(1990)).status == 200u);
    BOOST_TEST(rows("Wide | count") == "[[0]]");
}

BOOST_AUTO_TEST_CASE(records_of_many_levels_are_read) {
    answer(".create table Deep (a:dynamic)");
    std::string record;
    for (int i = 0; i < 200; ++i) record += "{\"a\":";
    storage.blobs["/c/b.json"] = record + "1" + std::string(200, '}') + "\n";
    auto one = message(1, "/c/b.json");
    one["TableName"] = "Deep";
    one["AdditionalProperties"].as_object()["format"] = "json";
    post(one);
    one_batch();
    BOOST_TEST(rows("Deep | count") == "[[1]]");
}

BOOST_AUTO_TEST_CASE(policies_are_accepted) {
    BOOST_TEST(
        answer(".alter-merge table T policy retention softdelete = 90d recoverability = disabled"
        ) == R"([["retention","[Db].[T]"]])"
    );
    BOOST_TEST(answer_to(".alter table Nowhere policy retention '{}'").status == 400u);
}

BOOST_AUTO_TEST_CASE(answers_unknown_commands_with_the_services_error) {
    auto response = answer_to(".reboot universe");
    BOOST_TEST(response.status == 400u);
    auto error = json::parse(response.body).at("error");
    BOOST_TEST(error.at("@type") == "Kusto.Data.Exceptions.SyntaxException");
    BOOST_TEST(error.at("@permanent") == true);
    BOOST_TEST(error.at("@context").is_object());
    BOOST_TEST(answer_to("T | count").status == 400u);
    BOOST_TEST(answer_to("").status == 400u);
}

BOOST_AUTO_TEST_CASE(remembers_everything_in_its_file) {
    auto file = std::filesystem::temp_directory_path() / "kustodrop-emulator-commands-test.db";
    auto restarted = [&] {
        if (running) cancel(*running);
        subject.reset();
        options.database_file = file.string();
        run();
    };
    std::filesystem::remove(file);
    restarted();
    answer_to(".create table Kept (a:string, n:long)");
    answer_to(".create table Kept ingestion csv mapping 'K' '[{\"column\":\"n\",\"Ordinal\":1}]'");
    answer(".create function Kept1(n1:long) { Kept | where n >= n1 }");
    storage.blobs["/c/b.csv"] = "x,1\n";
    auto one = message(1, "/c/b.csv");
    one["TableName"] = "Kept";
    post(one);
    one_batch();
    restarted();
    BOOST_TEST(rows("Kept") == R"([["x",1]])");
    BOOST_TEST(rows("Kept1(1)") == R"([["x",1]])");
    BOOST_TEST(answer(".show table Kept ingestion mappings").find("\"K\"") != std::string::npos);
    for (auto suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
}

BOOST_AUTO_TEST_SUITE_END()
