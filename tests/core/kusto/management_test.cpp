#include "kusto/management.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

constexpr auto empty_dataset = R"({"Tables":[{"TableName":"Table_0","Columns":[],"Rows":[]}]})";

struct management_world : test::world {
    management_world() { make({}); }

    void make(kusto::management_options options) {
        options.endpoint = *http::url::parse("https://ingest-c.kusto.windows.net/db");
        client.emplace(network, random, options);
        client->authenticate_with([this] { return token(); }, [this](auto& one) { refuse(one); });
    }

    asio::awaitable<kusto::management_client::token> token() {
        ++tokens;
        azure::access_token out;
        out.value = secret("token-" + std::to_string(tokens));
        co_return std::make_shared<const azure::access_token>(std::move(out));
    }
    void refuse(const kusto::management_client::token& one) {
        refused.emplace_back(one->value.reveal());
    }

    result<kusto::dataset> execute(std::string command) {
        auto task = start(client->execute(std::move(command)));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    random_generator random{1};
    test::scripted_transport network;
    std::optional<kusto::management_client> client;
    int tokens = 0;
    std::vector<std::string> refused;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(management_, management_world)

BOOST_AUTO_TEST_CASE(sends_a_command_as_the_service_wants_it) {
    kusto::management_options options;
    options.application = "kustodrop";
    options.client_version = "0.1.0";
    make(options);
    network.answer(200, empty_dataset);
    BOOST_TEST(execute(".get ingestion resources").has_value());
    auto& sent = network.last();
    BOOST_TEST((sent.method == http::verb::post));
    BOOST_TEST(sent.target.reveal() == "https://ingest-c.kusto.windows.net/v1/rest/mgmt");
    BOOST_TEST(sent.body == R"({"db":"NetDefaultDB","csl":".get ingestion resources"})");
    BOOST_TEST(network.header("Authorization") == "Bearer token-1");
    BOOST_TEST(network.header("Accept") == "application/json");
    BOOST_TEST(network.header("Content-Type") == "application/json; charset=utf-8");
    BOOST_TEST(network.header("x-ms-version") == "2024-12-12");
    BOOST_TEST(network.header("x-ms-client-request-id").starts_with("KCC.ship;"));
    BOOST_TEST(network.header("x-ms-app") == "kustodrop");
    BOOST_TEST(network.header("x-ms-user") == "[none]");
    BOOST_TEST(network.header("x-ms-client-version") == "Kusto.Kustodrop:{0.1.0}");
    BOOST_TEST(sent.service == "management");
    BOOST_TEST(sent.operation == "get_ingestion_resources");
}

BOOST_AUTO_TEST_CASE(what_goes_into_headers_is_made_safe) {
    BOOST_TEST(kusto::version_for_tracing("1.0 {x}|\r\ny") == "Kusto.Kustodrop:{1.0_x_y}");
    BOOST_TEST(kusto::version_for_tracing("ü") == "Kusto.Kustodrop:{??}");
    BOOST_TEST(kusto::version_for_tracing("") == "Kusto.Kustodrop:{[none]}");
    BOOST_TEST(kusto::version_for_tracing(std::string(500, 'x')).size() < 130u);
}

BOOST_AUTO_TEST_CASE(a_command_is_one_json_string_whatever_it_holds) {
    network.answer(200, empty_dataset);
    execute(".show \"x\"\n\\");
    auto body = boost::json::parse(network.last().body);
    BOOST_TEST(body.at("csl").as_string() == ".show \"x\"\n\\");
    BOOST_TEST(network.last().operation == "command");
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_dropped_and_the_next_one_tried_once) {
    network.answer(401);
    network.answer(200, empty_dataset);
    BOOST_TEST(execute(".x").has_value());
    BOOST_TEST(network.header("Authorization") == "Bearer token-2");
    BOOST_TEST((refused == std::vector<std::string>{"token-1"}));
}

BOOST_AUTO_TEST_CASE(two_refusals_are_enough) {
    network.answer(401);
    network.answer(401);
    auto failed = execute(".x").error();
    BOOST_TEST((failed.next == remedy::reauthenticate));
    BOOST_TEST(network.sent.size() == 2u);
    BOOST_TEST((refused == std::vector<std::string>{"token-1", "token-2"}));
}

BOOST_AUTO_TEST_CASE(no_other_refusal_costs_the_token) {
    network.answer(403);
    BOOST_TEST((execute(".x").error().next == remedy::reconfigure));
    network.answer(429, "", {{"Retry-After", "5"}});
    BOOST_TEST((execute(".x").error().retry_after == 5s));
    BOOST_TEST(refused.empty());
}

BOOST_AUTO_TEST_CASE(a_broken_network_is_passed_on) {
    network.fail({errc::timeout, remedy::retry, "no answer"});
    BOOST_TEST(execute(".x").error().code == errc::timeout);
    network.answer(401);
    network.fail({errc::timeout, remedy::retry, "no answer"});
    BOOST_TEST(execute(".x").error().code == errc::timeout);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_none_names_the_command_and_the_host) {
    network.answer(200, "<html>");
    auto failed = execute(".x").error();
    BOOST_TEST(failed.code == errc::bad_answer);
    BOOST_TEST(failed.detail.starts_with("\".x\" at ingest-c.kusto.windows.net: "));
}

BOOST_AUTO_TEST_CASE(reports_the_services_time) {
    network.answer(200, empty_dataset, {{"Date", "Sat, 22 Aug 2026 10:00:00 GMT"}});
    BOOST_TEST((execute(".x")->served_at == parse_iso8601("2026-08-22T10:00:00Z")));
    network.answer(200, empty_dataset);
    BOOST_TEST(!execute(".x")->served_at.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
