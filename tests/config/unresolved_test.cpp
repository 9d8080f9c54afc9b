// What only this machine lacks is a warning for a check, and the machine's name is always known.
#include "config/reading/interpolate.hpp"
#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static config::loaded checked(const std::string& text) {
    auto environment = machine().environment();
    environment.unresolved_is_warning = true;
    environment.credentials_directory.clear();
    return config::load_text(text, "k.yaml", environment);
}

static std::string with_host(const std::string& text, const machine& from = {}) {
    auto environment = from.environment();
    environment.host = "edge-17";
    auto found = config::interpolate(text, environment);
    return found ? found->text : "failed: " + found.error().detail;
}

BOOST_AUTO_TEST_SUITE(unresolved)

BOOST_AUTO_TEST_CASE(references_of_each_kind_are_warnings) {
    auto loaded = checked(
        std::string(whole_cluster) +
        "auth: {kind: client_secret, tenant_id: '${env:TENANT}', client_id: c}\n" +
        "upload: {concurrency: '${env:N}', block_size: '${file:/size}'}\n" +
        "network: {proxy: '${cred:proxy}'}\n" +
        "watches: [{path: '${env:DROP}', database: D, table: T, format: '${env:F}', tags: "
        "['${file:/tag}']}]\n"
    );
    BOOST_TEST(loaded.ok(), printed(loaded));
    auto text = printed(loaded);
    for (auto* key :
         {"auth.tenant_id",
          "auth.client_secret",
          "upload.concurrency",
          "upload.block_size",
          "network.proxy",
          "watches[0].path",
          "watches[0].format",
          "watches[0].tags[0]"}) {
        BOOST_TEST(text.find(std::string("warning: ") + key + ": ") != text.npos, key << text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_wrongly_is_an_error_all_the_same) {
    for (auto* value : {"'${env:NO-NAME}'", "'${file:relative}'", "'${nothing}'", "'${env:X'"}) {
        auto loaded = checked(
            std::string(whole_cluster) +
            "watches: [{path: /drop/web, database: D, table: " + value + ", format: json}]\n"
        );
        BOOST_TEST(!loaded.ok(), value);
    }
}

BOOST_AUTO_TEST_CASE(a_pod_s_identity_is_not_asked_of_another_machine) {
    auto text = std::string(whole_cluster) + "auth: {kind: workload_identity}\n" +
                std::string(whole_watches);
    BOOST_TEST(checked(text).ok());
    BOOST_TEST(!load(text).ok());
}

BOOST_AUTO_TEST_CASE(the_host_has_a_name) {
    BOOST_TEST(with_host("on-${host}") == "on-edge-17");
    BOOST_TEST(with_host("${env:HOSTNAME}") == "edge-17");
    BOOST_TEST(with_host("${env:HOSTNAME:-x}") == "edge-17");
    BOOST_TEST(with_host("${env:HOSTNAME}", {{{"HOSTNAME", "pod-3"}}}) == "pod-3");
    BOOST_TEST(with_host("${env:HOSTNAME}", {{{"HOSTNAME", ""}}}) == "edge-17");
    BOOST_TEST(with_host("$${host}") == "${host}");
    BOOST_TEST(with_host("${host:}").starts_with("failed: has an unknown ${…}"));
}

BOOST_AUTO_TEST_SUITE_END()
