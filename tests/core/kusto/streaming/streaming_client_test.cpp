#include "kusto/streaming/streaming_client.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using step = kusto::streaming_step;

namespace {

constexpr auto stored = R"({"Tables":[{"TableName":"Table_0","Columns":[],"Rows":[]}]})";

struct streaming_world : test::world {
    streaming_world() {
        client.authenticate_with(
            [this] { return token(); },
            [this](auto& one) { refused.emplace_back(one->value.reveal()); }
        );
    }

    asio::awaitable<kusto::management_client::token> token() {
        ++tokens;
        if (fixed) co_return fixed;
        azure::access_token out;
        out.value = secret("token-" + std::to_string(tokens));
        co_return std::make_shared<const azure::access_token>(std::move(out));
    }

    kusto::streaming_reply send(const std::string& table = "Web") {
        kusto::streamed_source what;
        what.id = "id";
        what.database = "Logs";
        what.table = table;
        auto task = start(client.send(what, "1,2\n"));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    test::scripted_transport network;
    result<http::url> endpoint = *http::url::parse("https://c.example");
    kusto::streaming_client client{network, [this] { return endpoint; }, "1.0"};
    int tokens = 0;
    std::shared_ptr<const azure::access_token> fixed;  // Given each time, if set.
    std::vector<std::string> refused;
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(step)
BOOST_FIXTURE_TEST_SUITE(streaming_client_, streaming_world)

BOOST_AUTO_TEST_CASE(sends_the_rows_with_our_token) {
    network.answer(200, stored);
    BOOST_TEST(send().step == step::succeeded);
    BOOST_TEST(network.last().target.path() == "/v1/rest/ingest/Logs/Web");
    BOOST_TEST(network.header("Authorization") == "Bearer token-1");
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_replaced_once) {
    network.answer(401, "");
    network.answer(200, stored);
    BOOST_TEST(send().step == step::succeeded);
    BOOST_TEST(network.header("Authorization") == "Bearer token-2");
    BOOST_TEST(refused.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_fresh_token_that_is_refused_means_a_missing_role) {
    network.answer(401, "");
    network.answer(401, "");
    auto out = send();
    BOOST_TEST(out.step == step::queue_for_rights);
    BOOST_TEST(out.why.hint.find("Database User") != std::string::npos);
    BOOST_TEST(refused.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_table_that_refuses_every_token_is_not_believed_while_others_accept_them) {
    fixed = std::make_shared<azure::access_token>();
    network.answer(401, "");
    BOOST_TEST(send("Bad").step == step::queue_for_rights);
    network.answer(200, stored);
    BOOST_TEST(send("Good").step == step::succeeded);
    network.answer(401, "");
    BOOST_TEST(send("Bad").step == step::queue_for_rights);
    BOOST_TEST(refused.size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_token_goes_to_a_host_that_is_not_trusted) {
    endpoint = failure{errc::untrusted_host, remedy::reconfigure, "not trusted"};
    auto out = send();
    BOOST_TEST(out.step == step::queue_for_rights);
    BOOST_TEST(out.why.detail == "not trusted");
    BOOST_TEST(network.sent.empty());
    BOOST_TEST(tokens == 0);
}

BOOST_AUTO_TEST_SUITE_END()
