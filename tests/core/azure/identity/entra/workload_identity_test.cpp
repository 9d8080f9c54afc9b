#include "azure/identity/entra/workload_identity.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

constexpr auto token_body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ"})";

struct workload_world : test::world {
    workload_world() {
        where.login_endpoint = *http::url::parse("https://login.microsoftonline.com");
        where.scope = "https://kusto.kusto.windows.net/.default";
        options.tenant_id = "tenant-1";
        options.client_id = "client-1";
        options.file = "/var/run/token";
        options.token = [this] { return given; };
    }

    result<azure::access_token> fetch() {
        azure::workload_identity_source source(network, clock, options);
        auto task = start(source.fetch(where));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    result<secret> given = secret("kube.token.one\n");
    azure::workload_identity_options options;
    azure::authority where;
    test::scripted_transport network;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(workload_identity_, workload_world)

BOOST_AUTO_TEST_CASE(shows_the_pods_token_without_its_line_end) {
    network.answer(200, token_body);
    BOOST_TEST(fetch()->value.reveal() == "eyJ");
    BOOST_TEST(
        network.last().body ==
        "grant_type=client_credentials&client_id=client-1&client_assertion_type=urn%3Aietf%3A"
        "params%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=kube.token.one"
        "&scope=https%3A%2F%2Fkusto.kusto.windows.net%2F.default"
    );
    BOOST_TEST(network.last().operation == "workload_identity");
}

BOOST_AUTO_TEST_CASE(reads_the_file_every_time) {
    network.answer(200, token_body);
    fetch();
    given = secret("kube.token.two");
    network.answer(200, token_body);
    fetch();
    BOOST_TEST(network.last().body.find("=kube.token.two&") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_token_nothing_is_sent) {
    given = failure{errc::unreadable, remedy::reconfigure, "/var/run/token: No such file"};
    BOOST_TEST(fetch().error().code == errc::unreadable);
    given = secret(" \n");
    BOOST_TEST(fetch().error().detail.starts_with("/var/run/token is empty"));
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(refusals_lead_to_the_federated_credential) {
    for (auto* number : {"700211", "700212", "700213"}) {
        auto body = R"({"error":"invalid_client","error_codes":[)" + std::string(number) + "]}";
        network.answer(401, body);
        auto failed = fetch().error();
        BOOST_TEST((failed.next == remedy::reconfigure));
        BOOST_TEST(failed.detail.find("federated credential") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_echoes_the_token_cannot_leak_it) {
    network.answer(400, R"({"error":"x","error_description":"what is kube.token.one?"})");
    BOOST_TEST(fetch().error().detail.find("kube.token") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
