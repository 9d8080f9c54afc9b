#include "kusto/rest/transport_keeper.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

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
            [this](const management_client::token&) {
                ++refused;
                if (is_replaced) token = std::make_shared<azure::access_token>();
            }
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
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    std::shared_ptr<const azure::access_token> token = std::make_shared<azure::access_token>();
    int refused = 0;
    bool is_replaced = true;
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

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_is_replaced_once) {
    network.answer(401);
    network.answer(200, R"({"ingestionOperationId":"1;2;3"})");
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST(sent->value->operation == "1;2;3");
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
    BOOST_TEST(sent->value->why.detail == "later");
    BOOST_TEST(!sent->value->why.maybe_acted);
    BOOST_TEST(network.sent.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_2xx_may_bring_the_operation) {
    for (unsigned status : {201u, 202u}) {
        network.answer(status, R"({"ingestionOperationId":"1;2;3"})");
        auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
        BOOST_REQUIRE(sent->done());
        BOOST_TEST(sent->value->operation == "1;2;3", status);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_operation_may_have_acted) {
    network.answer(200, "{}");
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST(sent->value->why.maybe_acted);
}

BOOST_AUTO_TEST_CASE(a_table_that_refuses_another_token_too_is_not_believed_again) {
    auto post = [this](const std::string& table) {
        auto sent = start(client->post("/v1/rest/ingestion/queued/Db/" + table, "{}", {}));
        BOOST_REQUIRE(sent->done());
        return sent->value->step;
    };
    network.always = [](const http::request& asked) {
        bool is_bad = asked.target.path().ends_with("/Bad");
        return is_bad ? http::response{401, {}, {}}
                      : http::response{200, {}, R"({"ingestionOperationId":"1;2;3"})"};
    };
    BOOST_TEST((post("Bad") == post_step::no_rights));
    BOOST_TEST(refused == 1);
    BOOST_TEST((post("Good") == post_step::accepted));
    for (int i = 0; i < 7; ++i) BOOST_TEST((post("Bad") == post_step::no_rights));
    BOOST_TEST(refused == 1);
    BOOST_TEST(network.sent.size() == 10u);
    // What was accepted by others long ago may have been revoked.
    post("Bad");
    BOOST_TEST(refused == 2);
}

BOOST_AUTO_TEST_CASE(a_token_that_nothing_accepts_is_given_up_each_time) {
    network.always = [](const http::request&) { return http::response{401, {}, {}}; };
    for (int i = 1; i <= 5; ++i) {
        start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
        BOOST_TEST(refused == i);
    }
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_replaced_now_is_not_sent_again_at_once) {
    is_replaced = false;
    network.answer(401);
    auto sent = start(client->post("/v1/rest/ingestion/queued/Db/T", "{}", {}));
    BOOST_REQUIRE(sent->done());
    BOOST_TEST((sent->value->step == post_step::no_rights));
    BOOST_TEST(network.sent.size() == 1u);
}

BOOST_AUTO_TEST_CASE(where_nothing_takes_posts_messages_are_sent_for_a_while) {
    network.always = [](const http::request&) { return http::response{200, {}, prefers_rest}; };
    keeper();
    failure absent{service_code("http_404"), remedy::reconfigure, "why"};
    kept->withdraw(absent);
    BOOST_TEST((chosen() == transport::rest));  // One may be an accident.
    pass(10s);
    kept->withdraw(absent);
    BOOST_TEST((chosen() == transport::queued));
    BOOST_TEST((kept->current().reason == choice_reason::refused));
    pass(15min);
    BOOST_TEST((chosen() == transport::rest));
    kept->withdraw(absent);
    pass(29min);
    BOOST_TEST((chosen() == transport::queued));
    pass(1min);
    BOOST_TEST((chosen() == transport::rest));
    kept->accepted();
    kept->withdraw(absent);
    BOOST_TEST((chosen() == transport::rest));
}

BOOST_AUTO_TEST_CASE(with_rest_configured_it_is_not_said_that_messages_are_sent) {
    network.always = [](const http::request&) { return http::response{200, {}, prefers_rest}; };
    keeper(transport_wish::rest);
    failure absent{service_code("http_404"), remedy::reconfigure, "why"};
    for (int i = 0; i < 3; ++i) {
        kept->withdraw(absent);
        pass(10s);
    }
    kept->accepted();
    BOOST_TEST((chosen() == transport::rest));
    for (auto& line : lines) {
        BOOST_TEST(line.find("as queue messages") == std::string::npos);
        BOOST_TEST(line.find("by REST again") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_long_pause_for_the_question_is_not_obeyed) {
    network.answer(429, "", {{"Retry-After", "3600"}});
    keeper();
    BOOST_TEST((chosen() == transport::queued));
    network.answer(200, prefers_rest);
    pass(1min);
    BOOST_TEST((chosen() == transport::rest));
}

BOOST_AUTO_TEST_SUITE_END()
