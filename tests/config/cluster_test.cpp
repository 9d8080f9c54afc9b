#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

// What is said about an endpoint, without its place and key.
static std::string said(const std::string& endpoint, const std::string& more = "") {
    auto text = "cluster: {ingestion_endpoint: '" + endpoint + "'" + more + "}\n" +
                std::string(whole_auth) + std::string(whole_watches);
    auto loaded = load(text);
    if (loaded.problems.empty()) return "";
    BOOST_TEST(loaded.problems.size() == 1U);
    BOOST_TEST(loaded.problems[0].key == "cluster.ingestion_endpoint");
    return loaded.problems[0].message;
}

BOOST_AUTO_TEST_SUITE(cluster_)

BOOST_AUTO_TEST_CASE(accepts_ingestion_endpoints) {
    for (auto* endpoint :
         {"https://ingest-mycluster.westeurope.kusto.windows.net",
          "https://ingest-mycluster.westeurope.kusto.windows.net/",
          "https://INGEST-mycluster.kusto.windows.net:443",
          "https://ingest-trd-abc.z0.kusto.fabric.microsoft.com",
          "http://127.0.0.1:8080",
          "http://[::1]:8080",
          "http://localhost:8080",
          "http://dm.localhost",
          "https://10.1.2.3",
          "https://[2001:db8::1]:8443"}) {
        BOOST_TEST_CONTEXT(endpoint) { BOOST_TEST(said(endpoint) == ""); }
    }
}

BOOST_AUTO_TEST_CASE(names_the_ingestion_endpoint_that_belongs_to_a_query_endpoint) {
    BOOST_TEST(
        said("https://MyCluster.westeurope.kusto.windows.net/") ==
        "is the cluster's query endpoint, files go to its ingestion endpoint; write "
        "https://ingest-mycluster.westeurope.kusto.windows.net (or name the host in trusted_hosts)"
    );
    // "ingest-" counts only at the start of the host name.
    BOOST_TEST(
        said("https://my-ingest-test.kusto.windows.net:8443") ==
        "is the cluster's query endpoint, files go to its ingestion endpoint; write "
        "https://ingest-my-ingest-test.kusto.windows.net:8443 (or name the host in trusted_hosts)"
    );
    BOOST_TEST(said("https://www.ingest-test.kusto.windows.net").starts_with("is the cluster's"));
}

BOOST_AUTO_TEST_CASE(leaves_trusted_hosts_as_they_are) {
    BOOST_TEST(said("https://dm.example", ", trusted_hosts: [DM.example]") == "");
    BOOST_TEST(said("https://dm.inner.example", ", trusted_hosts: [.example]") == "");
    BOOST_TEST(said("https://dm.example", ", trusted_hosts: [example]").starts_with("is the cl"));
    BOOST_TEST(said("https://evilexample", ", trusted_hosts: [.example]").starts_with("is the cl"));
}

BOOST_AUTO_TEST_CASE(does_not_blame_the_endpoint_for_a_bad_list_of_trusted_hosts) {
    auto text = "cluster: {ingestion_endpoint: 'https://dm.example', trusted_hosts: ['a b']}\n" +
                std::string(whole_auth) + std::string(whole_watches);
    auto loaded = load(text);
    BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
    BOOST_TEST(loaded.problems[0].key == "cluster.trusted_hosts[0]");
}

BOOST_AUTO_TEST_CASE(wants_tls_but_for_loopback) {
    auto expected =
        "is http://, which would show the token to everyone on the way; use https://, and "
        "http:// only for loopback";
    BOOST_TEST(said("http://ingest-c.kusto.windows.net") == expected);
    BOOST_TEST(said("http://10.1.2.3") == expected);
    BOOST_TEST(said("http://dm.example", ", trusted_hosts: [dm.example]") == expected);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_an_url_without_repeating_it) {
    struct row {
        const char* endpoint;
        const char* expected;
    };
    auto allowed = std::string("; use https://ingest-CLUSTER.REGION.kusto.windows.net");
    for (auto& [endpoint, expected] : std::initializer_list<row>{
             {"", "is empty"},
             {"ingest-c.kusto.windows.net", "has no https:// in front"},
             {"https://user:hunter2@ingest-c.kusto.windows.net", "names a user, which is not used"},
             {"https://ingest-c.kusto.windows.net/Db", "has a path, which is not used"},
             {"https://ingest-c.kusto.windows.net?sig=hunter2",
              "has a query part, which is not used"},
             {"https://ingest-c.kusto.windows.net/?", "has a query part, which is not used"},
             {"ftp://ingest-c.kusto.windows.net", "is not a valid URL of a cluster"},
             {"https://ingest-c.kusto.windows.net.", "is not a valid URL of a cluster"},
             {"https://ingest-c.kusto.windows.net:0", "is not a valid URL of a cluster"},
             {"https://ingest-c.kusto.windows.net#x", "is not a valid URL of a cluster"},
             {"https://ingest-c kusto", "is not a valid URL of a cluster"}}) {
        BOOST_TEST_CONTEXT(endpoint) { BOOST_TEST(said(endpoint) == expected + allowed); }
    }
}

BOOST_AUTO_TEST_CASE(asks_the_callers_rule_about_an_endpoint_that_is_otherwise_right) {
    auto environment = machine{}.environment();
    int asked = 0;
    environment.endpoint_objection = [&](const config::cluster_settings& cluster) {
        ++asked;
        return std::optional(cluster.ingestion_endpoint.host() + " is not trusted");
    };
    auto text = minimal();
    auto loaded = config::load_text(text, "k.yaml", environment);
    BOOST_TEST(
        printed(loaded) ==
        "k.yaml:1:31: cluster.ingestion_endpoint: ingest-c.region.kusto.windows.net is not "
        "trusted\n"
    );
    text.replace(text.find("https://ingest-"), 15, "https://");
    config::load_text(text, "k.yaml", environment);
    BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_SUITE_END()
