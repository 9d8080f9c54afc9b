#include "emulator/management/management_service.hpp"

#include "base/text.hpp"
#include "emulator/identity/token_service.hpp"
#include "emulator/storage/storage_fixture.hpp"

#include <boost/json.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace json = boost::json;

namespace {

asio::awaitable<http::response> echo_command(std::string database, std::string command) {
    http::response out;
    out.status = 200;
    out.body = database + "|" + command;
    co_return out;
}

asio::awaitable<http::response> echo_query(std::string database, std::string query, bool v2) {
    http::response out;
    out.status = 200;
    out.body = database + "|" + query + (v2 ? "|v2" : "|v1");
    co_return out;
}

struct front_world : emulator::test::storage {
    token_issuer tokens{clock, {}};
    authorization_contexts contexts{clock, "a key"};
    token_service entra{clock, random, tokens};
    management_service management{{clock, places, tokens, contexts, {echo_command, echo_query}}};
    http::url root = http::url::parse("http://127.0.0.1:4").value();
    std::string tenant = tokens.options().tenant;

    front_world() {
        entra.set_endpoint("http://127.0.0.1:4");
        management.set_endpoint("http://127.0.0.1:4");
    }

    http::reply token(const std::string& form) { return token(form, tenant); }
    http::reply token(const std::string& form, const std::string& of_tenant) {
        auto target = root.with_path("/" + of_tenant + "/oauth2/v2.0/token");
        return ask(entra, verb::post, target, form, {});
    }
    std::string form(std::string_view secret, std::string_view scope) {
        return "grant_type=client_credentials&client_id=" + tokens.options().client_id +
               "&client_secret=" + percent_encode(secret) + "&scope=" + percent_encode(scope);
    }
    std::string good_form() {
        return form(tokens.options().client_secret, tokens.options().resource + "/.default");
    }
    std::string access_token() {
        auto body = json::parse(token(good_form()).answer.body);
        return std::string(body.at("access_token").as_string());
    }
    http::reply command(std::string_view text, std::string_view bearer) {
        return command(text, bearer, "/v1/rest/mgmt");
    }
    http::reply command(std::string_view text, std::string_view bearer, std::string_view path) {
        auto body = json::serialize(json::object{{"db", "Logs"}, {"csl", text}});
        http::headers headers;
        if (!bearer.empty()) headers.add("Authorization", "Bearer " + std::string(bearer));
        return ask(management, verb::post, root.with_path(path), body, headers);
    }
};

std::int64_t aadsts(const http::reply& reply) {
    return json::parse(reply.answer.body).at("error_codes").at(0).as_int64();
}

std::string error_code(const http::reply& reply) {
    return std::string(json::parse(reply.answer.body).at("error").as_string());
}

json::value table_of(const http::reply& reply) {
    return json::parse(reply.answer.body).at("Tables").at(0);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(management_service_, front_world)

BOOST_AUTO_TEST_CASE(gives_a_token_for_the_right_secret) {
    auto answer = token(good_form());
    BOOST_TEST(answer.answer.status == 200u);
    auto body = json::parse(answer.answer.body);
    BOOST_TEST(body.at("token_type").as_string() == "Bearer");
    BOOST_TEST(body.at("expires_in").as_int64() == 3600);
    BOOST_TEST(tokens.is_valid(body.at("access_token").as_string()));
    BOOST_TEST(tokens.issued() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_a_form_with_plus_for_space) {
    auto scope = "openid+" + percent_encode(tokens.options().resource + "/.default");
    auto text = form(tokens.options().client_secret, "");
    BOOST_TEST(token(text + scope).answer.status == 200u);
}

BOOST_AUTO_TEST_CASE(refuses_a_wrong_secret_as_entra_does) {
    auto refused = token(form("wrong", tokens.options().resource + "/.default"));
    BOOST_TEST(refused.answer.status == 401u);
    BOOST_TEST(error_code(refused) == "invalid_client");
    BOOST_TEST(aadsts(refused) == 7000215);
    BOOST_TEST(refused.answer.body.find("AADSTS7000215: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_application) {
    auto refused = token("grant_type=client_credentials&client_id=x&client_secret=y&scope=z");
    BOOST_TEST(refused.answer.status == 400u);
    BOOST_TEST(aadsts(refused) == 700016);
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_tenant) {
    auto refused = token(good_form(), "elsewhere");
    BOOST_TEST(refused.answer.status == 400u);
    BOOST_TEST(aadsts(refused) == 90002);
}

BOOST_AUTO_TEST_CASE(refuses_a_scope_for_something_else) {
    auto refused = token(form(tokens.options().client_secret, "https://other/.default"));
    BOOST_TEST(refused.answer.status == 400u);
    BOOST_TEST(error_code(refused) == "invalid_scope");
    BOOST_TEST(aadsts(refused) == 70011);
}

BOOST_AUTO_TEST_CASE(serves_the_documents_that_msal_asks_for) {
    auto target = root.with_path("/" + tenant + "/v2.0/.well-known/openid-configuration");
    auto body = json::parse(ask(entra, verb::get, target).answer.body);
    auto endpoint = "http://127.0.0.1:4/" + tenant + "/oauth2/v2.0/token";
    BOOST_TEST(body.at("token_endpoint").as_string() == endpoint);
    auto found = ask(entra, verb::get, root.with_path("/common/discovery/instance"));
    BOOST_TEST(json::parse(found.answer.body).at("metadata").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(plays_a_virtual_machine_that_writes_numbers_as_strings) {
    auto target =
        root.with_path("/metadata/identity/oauth2/token")
            .with_parameters(
                "api-version=2018-02-01&resource=" + percent_encode(tokens.options().resource)
            );
    BOOST_TEST(ask(entra, verb::get, target).answer.status == 400u);
    auto answer = ask(entra, verb::get, target, "", {{"Metadata", "true"}});
    auto body = json::parse(answer.answer.body);
    BOOST_TEST(body.at("expires_in").as_string() == "3600");
    BOOST_TEST(tokens.is_valid(body.at("access_token").as_string()));
}

BOOST_AUTO_TEST_CASE(names_itself_as_the_login_endpoint) {
    auto answer = ask(management, verb::get, root.with_path("/v1/rest/auth/metadata"));
    auto directory = json::parse(answer.answer.body).at("AzureAD");
    BOOST_TEST(directory.at("LoginEndpoint").as_string() == "http://127.0.0.1:4");
    BOOST_TEST(
        directory.at("KustoServiceResourceId").as_string() == "https://kusto.kusto.windows.net"
    );
}

BOOST_AUTO_TEST_CASE(answers_no_command_without_a_token) {
    for (auto bearer : {"", "nonsense"}) {
        auto refused = command(".get ingestion resources", bearer);
        BOOST_TEST(refused.answer.status == 401u);
        BOOST_TEST(!emulator::test::header(refused, "WWW-Authenticate").empty());
        auto error = json::parse(refused.answer.body).at("error");
        BOOST_TEST(error.at("code").as_string() == "Unauthorized");
        BOOST_TEST(!error.at("@context").at("activityId").as_string().empty());
    }
}

BOOST_AUTO_TEST_CASE(answers_no_command_with_a_token_that_has_expired) {
    tokens.set_lifetime(5s);
    auto bearer = access_token();
    BOOST_TEST(command(".show version", bearer).answer.status == 200u);
    pass(5s);
    BOOST_TEST(command(".show version", bearer).answer.status == 401u);
}

BOOST_AUTO_TEST_CASE(lists_the_resources_with_a_sas_each) {
    auto table = table_of(command(".get ingestion resources", access_token()));
    BOOST_TEST(table.at("Columns").at(0).at("ColumnName").as_string() == "ResourceTypeName");
    std::map<std::string, int> count;
    for (auto& row : table.at("Rows").as_array()) {
        ++count[std::string(row.at(0).as_string())];
        auto address = http::url::parse(std::string(row.at(1).as_string()));
        BOOST_REQUIRE(address.has_value());
        BOOST_TEST(address->parameter("sig").has_value());
        BOOST_TEST(address->parameter("se").value() == "2026-08-26T00:00:00Z");
    }
    BOOST_TEST(count["TempStorage"] == 8);
    BOOST_TEST(count["SecuredReadyForAggregationQueue"] == 8);
    BOOST_TEST(count["SuccessfulIngestionsQueue"] == 1);
    BOOST_TEST(count["FailedIngestionsQueue"] == 1);
    BOOST_TEST(count["IngestionsStatusTable"] == 1);
}

BOOST_AUTO_TEST_CASE(understands_the_other_spellings_of_the_command) {
    auto bearer = access_token();
    for (auto text :
         {".show ingestion resources",
          "  .GET  ingestion resources ",
          ".get ingestion resources with (EnableBlobCors='true')"}) {
        BOOST_TEST(table_of(command(text, bearer)).at("Rows").as_array().size() == 19u);
    }
}

BOOST_AUTO_TEST_CASE(identity_tokens_end_after_their_lifetime) {
    authorization_contexts brief{clock, "a key", 10s};
    auto context = brief.issue();
    clock.advance(9s);
    BOOST_TEST(brief.is_valid(context));
    clock.advance(1s);
    BOOST_TEST(!brief.is_valid(context));
}

BOOST_AUTO_TEST_CASE(gives_an_identity_token_that_grows_old) {
    auto table = table_of(command(".get kusto identity token", access_token()));
    BOOST_TEST(table.at("Columns").at(0).at("ColumnName").as_string() == "AuthorizationContext");
    auto context = std::string(table.at("Rows").at(0).at(0).as_string());
    BOOST_TEST(contexts.is_valid(context));
    BOOST_TEST(!contexts.is_valid("something else"));
    BOOST_TEST(!authorization_contexts(clock, "another key").is_valid(context));
    pass(24h);
    BOOST_TEST(!contexts.is_valid(context));
}

BOOST_AUTO_TEST_CASE(says_that_it_is_data_management) {
    auto answer = command(".show version", access_token());
    BOOST_TEST(answer.answer.body.find("\"DataManagement\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(hands_other_commands_and_queries_on) {
    auto bearer = access_token();
    BOOST_TEST(command(".show tables", bearer).answer.body == "Logs|.show tables");
    BOOST_TEST(command("T | count", bearer, "/v1/rest/query").answer.body == "Logs|T | count|v1");
    BOOST_TEST(command("T | count", bearer, "/v2/rest/query").answer.body == "Logs|T | count|v2");
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_no_command) {
    auto refused =
        ask(management,
            verb::post,
            root.with_path("/v1/rest/mgmt"),
            "hello",
            {{"Authorization", "Bearer " + access_token()}});
    BOOST_TEST(refused.answer.status == 400u);
    auto error = json::parse(refused.answer.body).at("error");
    BOOST_TEST(error.at("code").as_string() == "BadRequest");
    BOOST_TEST(error.at("@permanent").as_bool());
}

BOOST_AUTO_TEST_CASE(answers_a_ping_without_a_token) {
    auto answer = ask(management, verb::get, root.with_path("/v1/rest/ping"));
    BOOST_TEST(answer.answer.body == "Pong! IP address: 127.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()
