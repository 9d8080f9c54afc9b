#include "azure/identity/entra/client_secret.hpp"
#include "kusto/cloud.hpp"
#include "kusto/management.hpp"
#include "kusto/resources.hpp"
#include "support/scripted_transport.hpp"
#include "support/world.hpp"
#include "trust_table.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <set>

using namespace kustodrop;
using test::leaves;
namespace data = boost::unit_test::data;

namespace {

constexpr auto client_secret = "the-client-secret";
constexpr auto bearer = "the-access-token";

constexpr auto rows_in_all = std::size(test::endpoint_table) + std::size(test::redirect_table) +
                             std::size(test::storage_table);
static_assert(rows_in_all >= 150);

// The whole way from an endpoint in the configuration to the first command, on a network where
// every host gives the answer that we would trust most.
struct way {
    http::response answer(const http::request& request) const {
        auto path = request.target.path();
        auto step = path == "/v1/rest/auth/metadata"           ? "metadata"
                    : path.find("oauth2") != std::string::npos ? "login"
                                                               : "management";
        if (redirect && step == std::string_view(redirect->from)) {
            return {redirect->status, {{"Location", redirect->to}}, ""};
        }
        if (step == std::string_view("metadata")) return {200, {}, metadata()};
        if (step == std::string_view("login")) {
            auto body = R"({"token_type":"Bearer","expires_in":3599,"access_token":")" +
                        std::string(bearer) + "\"}";
            return {200, {}, body};
        }
        return {200, {}, R"({"Tables":[{"TableName":"T","Columns":[],"Rows":[]}]})"};
    }

    std::string metadata() const {
        return R"({"AzureAD":{"LoginEndpoint":")" + login +
               R"(","KustoServiceResourceId":"https://kusto.kusto.windows.net"}})";
    }

    void go() {
        network.always = [this](auto& request) { return result<http::response>(answer(request)); };
        auto endpoint = http::url::parse(given);
        if (!endpoint) return;
        kusto::cloud_options options;
        if (!trusted.empty()) options.trusted = {trusted};
        auto named = world.start(kusto::fetch_cloud(network, *endpoint, options));
        if (!named->value || !*named->value) return;
        azure::client_secret_options credential{
            "tenant", "client", [] { return result<secret>(secret(client_secret)); }};
        azure::client_secret_source source(network, world.clock, credential);
        auto token = world.start(source.fetch((*named->value)->authority()));
        if (!token->value || !*token->value) return;
        auto granted = std::make_shared<const azure::access_token>(**token->value);
        kusto::management_options where;
        where.endpoint = *endpoint;
        kusto::management_client management(network, random, where);
        management.authenticate_with(
            [granted]() -> asio::awaitable<kusto::management_client::token> { co_return granted; },
            [](auto&) {}
        );
        world.start(management.execute(".get ingestion resources"));
    }

    // Where the secret or the token went, as "https://host:port".
    std::set<std::string> confidants() const {
        std::set<std::string> out;
        for (auto& request : network.sent) {
            auto text = request.target.reveal() + std::string(request.payload());
            for (auto& [name, value] : request.headers) text += value;
            bool leaked = text.find(client_secret) != std::string::npos ||
                          text.find(bearer) != std::string::npos;
            if (leaked) out.insert(request.target.origin());
        }
        return out;
    }

    test::world world;
    random_generator random{1};
    test::scripted_transport network;
    std::string given;
    std::string login = test::global_login;
    std::string trusted;
    std::optional<test::redirect_case> redirect;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(trust_)

BOOST_DATA_TEST_CASE(endpoints, data::make(test::endpoint_table), row) {
    way one;
    one.given = row.endpoint;
    one.login = row.login;
    one.trusted = row.trusted;
    one.go();
    std::set<std::string> expected;
    if (row.expected == leaves::token) {
        expected = {
            http::url::parse(row.login)->origin(), http::url::parse(row.endpoint)->origin()};
    }
    BOOST_TEST(one.confidants() == expected, boost::test_tools::per_element());
    if (row.expected == leaves::nothing) BOOST_TEST(one.network.sent.empty());
    if (row.expected == leaves::no_secret) BOOST_TEST(one.network.sent.size() == 1u);
}

BOOST_DATA_TEST_CASE(redirects, data::make(test::redirect_table), row) {
    way one;
    one.given = "https://ingest-c.kusto.windows.net";
    one.redirect = row;
    one.go();
    BOOST_TEST(!one.network.sent.empty());
    for (auto& request : one.network.sent) {
        auto origin = request.target.origin();
        bool known = origin == one.given || origin == test::global_login;
        BOOST_TEST(known, origin);
    }
}

BOOST_DATA_TEST_CASE(storage, data::make(test::storage_table), row) {
    kusto::host_rules rules;
    rules.loopback_endpoint = row.local_cluster;
    if (*row.trusted) rules.trusted_storage_hosts = {row.trusted};
    kusto::dataset answer;
    auto& table = answer.tables.emplace_back();
    table.columns = {"ResourceTypeName", "StorageRoot"};
    table.rows.push_back({"TempStorage", "https://good.blob.core.windows.net/c?sig=x"});
    table.rows.push_back(
        {"SecuredReadyForAggregationQueue", "https://good.queue.core.windows.net/q"}
    );
    table.rows.push_back({"TempStorage", row.uri});
    auto parsed = kusto::parse_resources(answer, rules, wall_time());
    BOOST_TEST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->containers.size() == (row.taken ? 2u : 1u));
    BOOST_TEST(parsed->warnings.size() == (row.taken ? 0u : 1u));
    for (auto& warning : parsed->warnings) {
        BOOST_TEST(warning.find("sig=x") == std::string::npos, warning);
    }
}

BOOST_AUTO_TEST_SUITE_END()
