#include "kusto/cloud.hpp"

#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

http::url url(std::string_view text) { return *http::url::parse(text); }

std::string code_of(std::string_view endpoint, trusted_hosts trusted = {}) {
    auto allowed = check_endpoint(url(endpoint), trusted);
    return allowed ? "ok" : allowed.error().code.text();
}

std::string login_code_of(
    std::string_view login, std::string_view endpoint, trusted_hosts trusted = {}
) {
    cloud named;
    named.login_endpoint = url(login);
    auto allowed = check_login_endpoint(named, url(endpoint), trusted);
    return allowed ? "ok" : allowed.error().code.text();
}

constexpr auto metadata =
    R"({"AzureAD":{"LoginEndpoint":"https://login.microsoftonline.us","LoginMfaRequired":false,
    "KustoClientAppId":"db662dc1",
    "KustoServiceResourceId":"https://kusto.kusto.usgovcloudapi.net"}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(cloud_)

BOOST_AUTO_TEST_CASE(well_known_ingestion_endpoints_may_receive_tokens) {
    for (auto endpoint :
         {"https://ingest-c.westeurope.kusto.windows.net",
          "https://INGEST-C.KUSTO.WINDOWS.NET",
          "https://ingest-c.kusto.usgovcloudapi.net",
          "https://ingest-c.kusto.chinacloudapi.cn",
          "https://ingest-c.kusto.sovcloud-api.fr",
          "https://ingest-x.z1.kusto.fabric.microsoft.com",
          "https://ingest-c.kustomfa.windows.net",
          "https://adx.monitor.azure.com",
          "https://ingest-c.kusto.windows.net:8443"}) {
        BOOST_TEST(code_of(endpoint) == "ok", endpoint);
    }
}

BOOST_AUTO_TEST_CASE(look_alikes_may_not) {
    for (auto endpoint :
         {"https://ingest-c.kusto.windows.net.evil.test",
          "https://ingest-ckusto.windows.net",
          "https://evil-kusto.windows.net",
          "https://kusto.windows.net",
          "https://xadx.monitor.azure.com",
          "https://a.adx.monitor.azure.com",
          "https://10.0.0.1",
          "https://169.254.169.254",
          "https://localhost.evil.test",
          "https://127.0.0.1.evil.test"}) {
        BOOST_TEST(code_of(endpoint) == "untrusted_host", endpoint);
    }
}

BOOST_AUTO_TEST_CASE(tokens_go_over_https_only_except_to_this_machine) {
    BOOST_TEST(code_of("http://ingest-c.kusto.windows.net") == "untrusted_host");
    BOOST_TEST(code_of("http://dm.test", {"dm.test"}) == "untrusted_host");
    for (auto endpoint :
         {"http://localhost:8080",
          "http://127.0.0.1:1",
          "http://127.9.9.9",
          "http://[::1]:80",
          "https://localhost"}) {
        BOOST_TEST(code_of(endpoint) == "ok", endpoint);
    }
}

BOOST_AUTO_TEST_CASE(operators_may_trust_hosts_and_suffixes) {
    BOOST_TEST(code_of("https://dm.corp.test", {"DM.corp.test"}) == "ok");
    BOOST_TEST(code_of("https://a.dm.corp.test", {"dm.corp.test"}) == "untrusted_host");
    BOOST_TEST(code_of("https://dm.corp.test", {".corp.test"}) == "ok");
    BOOST_TEST(code_of("https://dm.corp.test", {"*.corp.test"}) == "ok");
    BOOST_TEST(code_of("https://evilcorp.test", {".corp.test", ""}) == "untrusted_host");
    BOOST_TEST(code_of("https://corp.test", {".corp.test"}) == "untrusted_host");
    BOOST_TEST(code_of("https://anything.test", {"."}) == "untrusted_host");
    BOOST_TEST(code_of("https://anything.test", {"*"}) == "untrusted_host");
}

BOOST_AUTO_TEST_CASE(a_query_endpoint_is_answered_with_the_one_that_was_meant) {
    auto refused = check_endpoint(url("https://c.westeurope.kusto.windows.net"), {}).error();
    BOOST_TEST(refused.code == errc::engine_endpoint);
    BOOST_TEST((refused.next == remedy::reconfigure));
    BOOST_TEST(
        refused.detail.find("https://ingest-c.westeurope.kusto.windows.net") != std::string::npos
    );
    BOOST_TEST(code_of("https://my-ingest-test.kusto.windows.net") == "engine_endpoint");
}

BOOST_AUTO_TEST_CASE(reads_what_a_cluster_says) {
    auto found = parse_cloud(200, metadata);
    BOOST_TEST(found->login_endpoint.origin() == "https://login.microsoftonline.us");
    BOOST_TEST(found->resource == "https://kusto.kusto.usgovcloudapi.net");
    auto authority = found->authority();
    BOOST_TEST(authority.resource == "https://kusto.kusto.usgovcloudapi.net");
    BOOST_TEST(authority.scope == "https://kusto.kusto.usgovcloudapi.net/.default");
}

BOOST_AUTO_TEST_CASE(falls_back_to_the_public_cloud) {
    for (auto& [status, body] : std::vector<std::pair<unsigned, std::string>>{
             {404, "nothing here"},
             {200, ""},
             {200, " \n"},
             {200, "{}"},
             {200, R"({"AzureAD":null})"}}) {
        auto found = parse_cloud(status, body);
        BOOST_TEST_REQUIRE(found.has_value(), body);
        BOOST_TEST(found->login_endpoint.origin() == "https://login.microsoftonline.com");
        BOOST_TEST(found->authority().scope == "https://kusto.kusto.windows.net/.default");
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_metadata) {
    for (auto& [status, body] : std::vector<std::pair<unsigned, std::string>>{
             {500, ""},
             {302, ""},
             {200, "<html>"},
             {200, "[]"},
             {200, R"({"error":{"code":"InternalError","message":"not now"}})"},
             {200, R"({"AzureAD":7})"},
             {200, R"({"AzureAD":{}})"},
             {200, R"({"AzureAD":{"LoginEndpoint":"x","KustoServiceResourceId":"https://a"}})"},
             {200,
              R"({"AzureAD":{"LoginEndpoint":"http://a?b","KustoServiceResourceId":"http://a"}})"},
             {200, R"({"AzureAD":{"LoginEndpoint":"https://a","KustoServiceResourceId":7}})"}}) {
        BOOST_TEST(parse_cloud(status, body).has_error(), body);
    }
}

BOOST_AUTO_TEST_CASE(multi_factor_clusters_have_another_resource) {
    cloud mfa;
    mfa.login_endpoint = url("https://login.microsoftonline.com");
    mfa.resource = "https://kusto.kusto.windows.net";
    mfa.mfa_required = true;
    BOOST_TEST(mfa.authority().scope == "https://kusto.kustomfa.windows.net/.default");
}

BOOST_AUTO_TEST_CASE(login_endpoints_must_be_known_and_fit_the_cluster) {
    auto global = "https://ingest-c.kusto.windows.net";
    BOOST_TEST(login_code_of("https://login.microsoftonline.com", global) == "ok");
    for (auto login :
         {"https://login.microsoftonline.us",
          "https://login.evil.test",
          "http://login.microsoftonline.com",
          "https://login.microsoftonline.com.evil.test",
          "http://127.0.0.1:1",
          "https://localhost",
          "https://login.microsoftonline.com:8443"}) {
        BOOST_TEST(login_code_of(login, global) == "untrusted_host", login);
    }
    BOOST_TEST(
        login_code_of(
            "https://login.microsoftonline.us", "https://ingest-c.kusto.usgovcloudapi.net"
        ) == "ok"
    );
    BOOST_TEST(login_code_of("https://adfs.corp.test", global, {"adfs.corp.test"}) == "ok");
    BOOST_TEST(
        login_code_of("http://adfs.corp.test", global, {"adfs.corp.test"}) == "untrusted_host"
    );
}

BOOST_AUTO_TEST_CASE(a_cluster_on_this_machine_may_sign_in_here_or_in_a_real_cloud) {
    auto here = "http://127.0.0.1:8080";
    BOOST_TEST(login_code_of("http://127.0.0.1:8080", here) == "ok");
    BOOST_TEST(login_code_of("https://login.microsoftonline.com", here) == "ok");
    BOOST_TEST(login_code_of("https://login.evil.test", here) == "untrusted_host");
    BOOST_TEST(
        login_code_of(
            "https://login.microsoftonline.us", "https://dm.corp.test", {"dm.corp.test"}
        ) == "ok"
    );
}

struct cloud_world : test::world {
    result<cloud> fetch(std::string_view endpoint, cloud_options options = {}) {
        auto task = start(fetch_cloud(network, url(endpoint), options));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }
    test::scripted_transport network;
};

BOOST_FIXTURE_TEST_CASE(asks_at_the_root_whatever_the_path, cloud_world) {
    network.answer(200, metadata);
    auto found = fetch("https://ingest-c.kusto.usgovcloudapi.net/some/path?x=y");
    BOOST_TEST(found.has_value());
    BOOST_TEST(
        network.last().target.reveal() ==
        "https://ingest-c.kusto.usgovcloudapi.net/v1/rest/auth/metadata"
    );
    BOOST_TEST(network.header("Authorization") == "(none)");
}

BOOST_FIXTURE_TEST_CASE(an_untrusted_host_is_not_even_asked, cloud_world) {
    BOOST_TEST(fetch("https://evil.test").error().code == errc::untrusted_host);
    BOOST_TEST(network.sent.empty());
}

BOOST_FIXTURE_TEST_CASE(an_unfitting_login_endpoint_is_refused, cloud_world) {
    network.answer(200, metadata);
    BOOST_TEST(fetch("https://ingest-c.kusto.windows.net").error().code == errc::untrusted_host);
}

BOOST_FIXTURE_TEST_CASE(the_operators_authority_replaces_the_clusters, cloud_world) {
    cloud_options options;
    options.authority_host = url("https://adfs.corp.test");
    network.answer(200, metadata);
    auto found = fetch("https://ingest-c.kusto.windows.net", options);
    BOOST_TEST(found->login_endpoint.origin() == "https://adfs.corp.test");
    BOOST_TEST(found->resource == "https://kusto.kusto.usgovcloudapi.net");
}

BOOST_FIXTURE_TEST_CASE(a_cluster_in_trouble_is_named, cloud_world) {
    network.answer(503, "", {{"Retry-After", "9"}});
    auto failed = fetch("https://ingest-c.kusto.windows.net").error();
    BOOST_TEST(failed.detail.find("ingest-c.kusto.windows.net") != std::string::npos);
    BOOST_TEST((failed.retry_after == 9s));
    BOOST_TEST((failed.next == remedy::retry));
}

BOOST_FIXTURE_TEST_CASE(a_network_failure_is_passed_on, cloud_world) {
    network.fail({errc::dns_failed, remedy::retry, "gone"});
    BOOST_TEST(fetch("https://ingest-c.kusto.windows.net").error().code == errc::dns_failed);
}

BOOST_AUTO_TEST_CASE(the_query_endpoint_is_the_ingestion_endpoint_without_its_prefix) {
    auto engine = [](const char* text) {
        return kusto::engine_of(*http::url::parse(text)).origin();
    };
    BOOST_TEST(engine("https://ingest-c.kusto.windows.net") == "https://c.kusto.windows.net");
    BOOST_TEST(engine("https://ingest-c.corp:8443/db") == "https://c.corp:8443");
    BOOST_TEST(engine("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
    BOOST_TEST(engine("https://my-ingest-c.corp") == "https://my-ingest-c.corp");
}

BOOST_AUTO_TEST_SUITE_END()
