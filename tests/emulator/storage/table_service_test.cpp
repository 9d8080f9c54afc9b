#include "emulator/storage/storage_fixture.hpp"

#include <boost/json.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace json = boost::json;

namespace {

struct table_world : emulator::test::storage {
    http::url target = address("IngestionsStatusTable", "raud");

    http::reply insert(std::string body) {
        return ask(table, verb::post, target, std::move(body), {});
    }
    http::url row(std::string_view partition, std::string_view key) {
        auto text = target.reveal();
        auto name =
            "(PartitionKey='" + std::string(partition) + "',RowKey='" + std::string(key) + "')";
        text.insert(text.find('?'), name);
        return http::url::parse(text).value();
    }
    std::string status_of(std::string_view partition, std::string_view key) {
        auto answer = ask(table, verb::get, row(partition, key));
        if (answer.answer.status != 200) return emulator::test::header(answer, "x-ms-error-code");
        return std::string(json::parse(answer.answer.body).at("Status").as_string());
    }
};

constexpr auto pending = R"({"PartitionKey":"p","RowKey":"r","Status":"Pending","Table":"T"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(table_service_, table_world)

BOOST_AUTO_TEST_CASE(inserts_an_entity_and_gives_it_back) {
    auto answer = insert(pending);
    BOOST_TEST(answer.answer.status == 201u);
    BOOST_TEST(!emulator::test::header(answer, "ETag").empty());
    BOOST_TEST(status_of("p", "r") == "Pending");
}

BOOST_AUTO_TEST_CASE(says_nothing_where_nothing_is_wanted) {
    auto answer = ask(table, verb::post, target, pending, {{"Prefer", "return-no-content"}});
    BOOST_TEST(answer.answer.status == 204u);
    BOOST_TEST(answer.answer.body.empty());
}

BOOST_AUTO_TEST_CASE(does_not_insert_twice) {
    insert(pending);
    auto refused = insert(pending);
    BOOST_TEST(refused.answer.status == 409u);
    BOOST_TEST(emulator::test::header(refused, "x-ms-error-code") == "EntityAlreadyExists");
}

BOOST_AUTO_TEST_CASE(a_strict_service_requires_the_version_of_the_data_service) {
    table_service strict{clock, places, database, true};
    auto refused = ask(strict, verb::post, target, pending, {});
    BOOST_TEST(refused.answer.status == 415u);
    BOOST_TEST(emulator::test::header(refused, "x-ms-error-code") == "");
    auto error = json::parse(refused.answer.body).at("odata.error");
    BOOST_TEST(error.at("code") == "JsonFormatNotSupported");
    auto done = ask(strict, verb::post, target, pending, {{"DataServiceVersion", "3.0"}});
    BOOST_TEST(done.answer.status == 201u);
}

BOOST_AUTO_TEST_CASE(replaces_an_entity) {
    insert(pending);
    auto answer = ask(table, verb::put, row("p", "r"), R"({"Status":"Succeeded"})", {});
    BOOST_TEST(answer.answer.status == 204u);
    BOOST_TEST(status_of("p", "r") == "Succeeded");
    auto read = ask(table, verb::get, row("p", "r"));
    BOOST_TEST(!json::parse(read.answer.body).as_object().contains("Table"));
}

BOOST_AUTO_TEST_CASE(merges_into_an_entity) {
    insert(pending);
    ask(table, verb::post, row("p", "r"), R"({"Status":"Failed"})", {{"X-HTTP-Method", "MERGE"}});
    BOOST_TEST(status_of("p", "r") == "Failed");
    auto read = ask(table, verb::get, row("p", "r"));
    BOOST_TEST(json::parse(read.answer.body).at("Table").as_string() == "T");
}

BOOST_AUTO_TEST_CASE(replaces_only_the_version_that_was_meant) {
    auto first = emulator::test::header(insert(pending), "ETag");
    pass(1s);
    ask(table, verb::put, row("p", "r"), R"({"Status":"Queued"})", {});
    auto refused =
        ask(table, verb::put, row("p", "r"), R"({"Status":"Late"})", {{"If-Match", first}});
    BOOST_TEST(refused.answer.status == 412u);
    BOOST_TEST(status_of("p", "r") == "Queued");
}

BOOST_AUTO_TEST_CASE(deletes_an_entity) {
    insert(pending);
    BOOST_TEST(ask(table, verb::delete_, row("p", "r")).answer.status == 204u);
    BOOST_TEST(status_of("p", "r") == "ResourceNotFound");
}

BOOST_AUTO_TEST_CASE(reads_keys_with_quotes_and_slashes) {
    insert(R"({"PartitionKey":"a'b/c","RowKey":"","Status":"Pending"})");
    BOOST_TEST(status_of("a''b/c", "") == "Pending");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_entity) {
    BOOST_TEST(insert("hello").answer.status == 400u);
    BOOST_TEST(insert(R"({"Status":"Pending"})").answer.status == 400u);
}

BOOST_AUTO_TEST_SUITE_END()
