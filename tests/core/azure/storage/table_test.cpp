#include "azure/storage/table.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using http::verb;

namespace {

struct table_world : test::world {
    const http::url table = *http::url::parse("https://a.table.core.windows.net/status?sig=S%3D");
    random_generator random{1};
    test::scripted_transport network;
    azure::table_client client{network, random};

    template <class T>
    T finish(asio::awaitable<T> work) {
        auto task = start(std::move(work));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }
    result<void> insert() { return finish(client.insert(table, "{}")); }
    auto get() {
        azure::row_key key{"p'1", "r"};
        return finish(client.get(table, key));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(table_, table_world)

BOOST_AUTO_TEST_CASE(adds_a_row) {
    network.answer(204);
    BOOST_TEST(insert().has_value());
    auto& sent = network.last();
    BOOST_TEST((sent.method == verb::post));
    BOOST_TEST(sent.target.reveal() == "https://a.table.core.windows.net/status?sig=S%3D");
    BOOST_TEST(sent.body == "{}");
    BOOST_TEST(network.header("Accept") == "application/json;odata=nometadata");
    BOOST_TEST(sent.service == "table");
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_the_entity_is_not_the_service) {
    network.answer(201, "<html>welcome</html>");
    BOOST_TEST((insert().error().next == remedy::reroute));
    network.answer(201, "{}");
    BOOST_TEST(insert().has_value());
}

BOOST_AUTO_TEST_CASE(a_row_that_is_there_is_left_as_it_is) {
    network.answer(409, R"({"odata.error":{"code":"EntityAlreadyExists"}})");
    BOOST_TEST(insert().has_value());
}

BOOST_AUTO_TEST_CASE(no_other_conflict_counts_as_done) {
    network.answer(409, R"({"odata.error":{"code":"TableBeingDeleted"}})");
    BOOST_TEST((insert().error().next == remedy::reroute));
    network.answer(409, "", {{"x-ms-error-code", "EntityAlreadyExists"}});
    BOOST_TEST(insert().has_value());
}

BOOST_AUTO_TEST_CASE(a_table_that_is_absent_calls_for_other_resources) {
    network.answer(404, R"({"odata.error":{"code":"TableNotFound"}})");
    BOOST_TEST((insert().error().next == remedy::refresh_resources));
    network.answer(415, R"({"odata.error":{"code":"MediaTypeNotSupported"}})");
    BOOST_TEST((insert().error().next == remedy::reroute));
}

BOOST_AUTO_TEST_CASE(a_refusal_calls_for_other_resources) {
    network.answer(403, "", {{"x-ms-error-code", "AuthenticationFailed"}});
    BOOST_TEST((insert().error().next == remedy::refresh_resources));
}

BOOST_AUTO_TEST_CASE(reads_a_row_by_its_keys_with_quotes_doubled) {
    network.answer(200, R"({"Status":"Pending"})");
    BOOST_TEST(get()->value() == R"({"Status":"Pending"})");
    BOOST_TEST(
        network.last().target.reveal() ==
        "https://a.table.core.windows.net/status(PartitionKey='p%27%271',RowKey='r')?sig=S%3D"
    );
}

BOOST_AUTO_TEST_CASE(no_row_is_no_failure_but_no_table_is) {
    network.answer(404, R"({"odata.error":{"code":"ResourceNotFound"}})");
    BOOST_TEST(!get().value().has_value());
    network.answer(404, R"({"odata.error":{"code":"TableNotFound"}})");
    BOOST_TEST((get().error().next == remedy::refresh_resources));
}

BOOST_AUTO_TEST_CASE(says_which_version_of_the_protocol_it_speaks) {
    network.answer(204);
    insert();
    BOOST_TEST(network.header("DataServiceVersion") == "3.0;NetFx");
    network.answer(200, "{}");
    get();
    BOOST_TEST(network.header("DataServiceVersion") == "3.0;NetFx");
}

BOOST_AUTO_TEST_CASE(only_the_code_counts_not_what_the_message_quotes) {
    network.answer(
        409,
        R"({"odata.error":{"code":"TableBeingDeleted","message":{"value":"EntityAlreadyExists"}}})"
    );
    BOOST_TEST(insert().has_error());
    network.answer(400, R"({"odata.error":{"code":"EntityAlreadyExists"}})");
    BOOST_TEST(insert().has_error());
}

BOOST_AUTO_TEST_CASE(an_absence_that_no_table_service_reports_is_no_missing_row) {
    network.answer(404, "<html>not here</html>");
    BOOST_TEST(get().has_error());
    network.answer(404, R"({"error":{"code":"TableNotFound"}})");
    BOOST_TEST((get().error().next == remedy::refresh_resources));
}

BOOST_AUTO_TEST_SUITE_END()
