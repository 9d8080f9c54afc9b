#include "azure/identity/entra/client_secret.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

constexpr auto token_body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ"})";

struct secret_world : test::world {
    secret_world() {
        where.login_endpoint = *http::url::parse("https://login.microsoftonline.com");
        where.scope = "https://kusto.kusto.windows.net/.default";
    }

    result<azure::access_token> fetch() {
        azure::client_secret_options options;
        options.tenant_id = tenant;
        options.client_id = "client one";
        options.client_secret = [this] { return given; };
        azure::client_secret_source source(network, clock, options);
        auto task = start(source.fetch(where));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    std::string tenant = "tenant-1";
    result<secret> given = secret("a~b.c+d&e=f g");
    azure::authority where;
    test::scripted_transport network;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_secret_, secret_world)

BOOST_AUTO_TEST_CASE(asks_with_everything_encoded) {
    network.answer(200, token_body);
    BOOST_TEST(fetch()->value.reveal() == "eyJ");
    auto& sent = network.last();
    BOOST_TEST((sent.method == http::verb::post));
    BOOST_TEST(
        sent.target.reveal() == "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token"
    );
    BOOST_TEST(
        sent.body ==
        "grant_type=client_credentials&client_id=client%20one&client_secret=a~b.c%2Bd%26e%3Df%20g"
        "&scope=https%3A%2F%2Fkusto.kusto.windows.net%2F.default"
    );
    BOOST_TEST(network.header("Content-Type") == "application/x-www-form-urlencoded");
    BOOST_TEST(network.header("Accept") == "application/json");
}

BOOST_AUTO_TEST_CASE(ad_fs_has_a_path_of_its_own) {
    tenant = "adfs";
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(network.last().target.path() == "/adfs/oauth2/token");
}

BOOST_AUTO_TEST_CASE(a_login_endpoint_may_have_a_path) {
    where.login_endpoint = *http::url::parse("http://127.0.0.1:8080/login/");
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(network.last().target.path() == "/login/tenant-1/oauth2/v2.0/token");
}

BOOST_AUTO_TEST_CASE(a_rotated_secret_is_used_at_once) {
    network.answer(200, token_body);
    fetch();
    given = secret("rotated");
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(network.last().body.find("client_secret=rotated&") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_secret_nothing_is_sent) {
    given = failure{errc::unreadable, remedy::reconfigure, "no such file"};
    BOOST_TEST(fetch().error().code == errc::unreadable);
    given = secret();
    BOOST_TEST((fetch().error().next == remedy::reconfigure));
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_explained) {
    network.answer(401, R"({"error":"invalid_client","error_codes":[7000215]})");
    BOOST_TEST(fetch().error().code.text() == "AADSTS7000215");
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_echoes_the_secret_cannot_leak_it) {
    given = secret("TOPSECRET");
    network.answer(400, R"({"error":"x","error_description":"what is TOPSECRET?"})");
    auto failed = fetch().error();
    BOOST_TEST(failed.detail.find("TOPSECRET") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_network_is_passed_on) {
    network.fail({errc::timeout, remedy::retry, "no answer"});
    BOOST_TEST(fetch().error().code == errc::timeout);
}

BOOST_AUTO_TEST_SUITE_END()
