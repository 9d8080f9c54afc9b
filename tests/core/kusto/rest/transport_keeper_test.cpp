#include "kusto/rest/transport_keeper.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;
using namespace std::chrono_literals;

namespace {

constexpr auto prefers_rest =
    R"({"ingestionSettings":{"maxBlobsPerBatch":7,"preferredIngestionMethod":"Rest"}})";
constexpr auto prefers_queued = R"({"ingestionSettings":{"preferredIngestionMethod":"V1"}})";

struct keeping : test::world {
    keeping() {
        management_options options;
        options.endpoint = http::url::parse("https://ingest-c.kusto.windows.net").value();
        client.emplace(network, random, options);
        client->authenticate_with(
            [this]() -> asio::awaitable<management_client::token> { co_return token; },
            [this](const management_client::token&) { ++refused; }
        );
    }
    ~keeping() {
        if (running) cancel(*running);
    }
    transport_keeper& keeper(transport_wish wish = transport_wish::automatic) {
        transport_keeper::parts with{io.get_executor(), clock, random, log, *client};
        kept.emplace(with, wish);
        running = start(kept->run());
        return *kept;
    }
    transport chosen() {
        auto asked = start(kept->chosen());
        BOOST_REQUIRE(asked->done());
        return *asked->value;
    }

    test::scripted_transport network;
    random_generator random{7};
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    std::shared_ptr<const azure::access_token> token = std::make_shared<azure::access_token>();
    int refused = 0;
    std::optional<rest_client> client;
    std::optional<transport_keeper> kept;
    std::shared_ptr<test::task<std::monostate>> running;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(transport_keeper_, keeping)

BOOST_AUTO_TEST_CASE(the_service_decides) {
    network.answer(200, prefers_rest);
    keeper();
    BOOST_TEST((chosen() == transport::rest));
    BOOST_TEST(kept->limits().blobs == 7u);
    network.answer(200, prefers_queued);
    pass(1h);
    BOOST_TEST((chosen() == transport::queued));
}

BOOST_AUTO_TEST_CASE(what_was_decided_holds_through_an_outage) {
    network.answer(200, prefers_rest);
    keeper();
    network.answer(503);
    pass(1h);
    BOOST_TEST((chosen() == transport::rest));
    BOOST_TEST((kept->current().reason == choice_reason::kept));
    network.answer(404);
    pass(10s);
    BOOST_TEST((chosen() == transport::queued));
    BOOST_TEST((kept->current().reason == choice_reason::not_supported));
}

BOOST_AUTO_TEST_CASE(what_is_configured_needs_no_answer) {
    keeper(transport_wish::queued);
    BOOST_TEST((chosen() == transport::queued));
    BOOST_TEST(network.sent.empty());
    network.answer(500);
    kept->set_wish(transport_wish::rest);
    settle();
    BOOST_TEST((chosen() == transport::rest));
    BOOST_TEST(network.sent.size() == 1u);
    BOOST_TEST((kept->current().reason == choice_reason::configured));
}

BOOST_AUTO_TEST_CASE(a_refusal_of_a_post_is_a_reason_to_ask_but_not_at_once) {
    network.answer(200, prefers_rest);
    keeper();
    kept->ask_soon();
    settle();
    BOOST_TEST(network.sent.size() == 1u);
    network.answer(404);
    pass(5s);
    BOOST_TEST(network.sent.size() == 2u);
    BOOST_TEST((chosen() == transport::queued));
}

BOOST_AUTO_TEST_CASE(answers_to_a_post_refuse_it_or_leave_it_open) {
    auto acted = [](unsigned status) { return post_failure({status, {}, {}}, "post").maybe_acted; };
    BOOST_TEST(!acted(429));
    BOOST_TEST(!acted(503));
    BOOST_TEST(!acted(400));
    BOOST_TEST(!acted(403));
    BOOST_TEST(!acted(404));
    BOOST_TEST(acted(408));
    BOOST_TEST(acted(500));
    BOOST_TEST(acted(502));
    BOOST_TEST(acted(504));
    BOOST_TEST(acted(202));
    for (unsigned status : {400u, 403u, 404u, 409u, 413u, 500u}) {
        BOOST_TEST((post_failure({status, {}, {}}, "post").next != remedy::give_up));
    }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_is_replaced_once) {
    network.answer(401);
    network.answer(200, R"({"ingestionOperationId":"1;2;3"})");
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST(sent->value->value() == "1;2;3");
    BOOST_TEST(refused == 1);
    BOOST_TEST(!network.last().idempotent);
    BOOST_TEST(network.last().service == "rest");
}

BOOST_AUTO_TEST_CASE(a_post_whose_token_was_refused_is_not_repeated_during_a_pause) {
    network.answer(401);
    network.answer(200, R"({"ingestionOperationId":"1;2;3"})");
    auto closed = [this]() -> std::optional<failure> {
        if (refused == 0) return std::nullopt;
        return failure{errc::bad_answer, remedy::retry, "later"};
    };
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", closed));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST(sent->value->error().detail == "later");
    BOOST_TEST(!sent->value->error().maybe_acted);
    BOOST_TEST(network.sent.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_2xx_may_bring_the_operation) {
    for (unsigned status : {201u, 202u}) {
        network.answer(status, R"({"ingestionOperationId":"1;2;3"})");
        auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
        BOOST_REQUIRE(sent->done());
        BOOST_TEST(sent->value->value() == "1;2;3", status);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_operation_may_have_acted) {
    network.answer(200, "{}");
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST(sent->value->error().maybe_acted);
}

BOOST_AUTO_TEST_SUITE_END()
