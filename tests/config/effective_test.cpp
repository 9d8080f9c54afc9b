// The configuration in force, with the place of each value and without secrets.
#include "config/effective.hpp"

#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static const machine ours{
    {{"SECRET", "hunter2-from-env"}, {"TABLE", "FromEnv"}},
    {{"/secret", "hunter2-from-file\n"}, {"/credentials/client-secret", "hunter2-from-cred\n"}},
};

static config::effective_value row_of(const config::loaded& from, const std::string& key) {
    for (auto& one : config::effective_values(from)) {
        if (one.key == key) return one;
    }
    return {};
}

static std::string shown(const std::string& text) {
    auto loaded = load(text, ours);
    BOOST_TEST(loaded.ok(), printed(loaded));
    return config::effective_yaml(config::effective_values(loaded));
}

BOOST_AUTO_TEST_SUITE(effective)

BOOST_AUTO_TEST_CASE(names_the_place_of_what_is_given_and_the_default_of_the_rest) {
    auto loaded = load(minimal(), ours);
    auto table = row_of(loaded, "watches[0].table");
    BOOST_TEST(table.value == "T");
    BOOST_TEST(table.from == "k.yaml:3:49");
    auto concurrency = row_of(loaded, "upload.concurrency");
    BOOST_TEST(concurrency.value == "32");
    BOOST_TEST(concurrency.from == "default");
    BOOST_TEST(row_of(loaded, "watches[0].name").value == "web");
    BOOST_TEST(row_of(loaded, "watches[0].name").from == "default");
}

BOOST_AUTO_TEST_CASE(shows_variables_but_not_the_content_of_files) {
    auto loaded = load(
        std::string(whole_cluster) +
            "watches: [{path: /drop/web, database: '${file:/secret}', table: '${env:TABLE}', "
            "format: json, tags: ['a', '${cred:client-secret}']}]\n",
        ours
    );
    BOOST_TEST(row_of(loaded, "watches[0].table").value == "FromEnv");
    BOOST_TEST(row_of(loaded, "watches[0].database").value == "\"${file:/secret}\"");
    BOOST_TEST(row_of(loaded, "watches[0].tags").value == "[\"a\", \"${cred:client-secret}\"]");
}

BOOST_AUTO_TEST_CASE(never_shows_a_secret) {
    for (auto* kind : {"client_secret", "managed_identity"}) {
        for (auto* secret :
             {"hunter2",
              "'${env:SECRET}'",
              "'${file:/secret}'",
              "'${cred:client-secret}'",
              "'x${file:/secret}'",
              "'hunter2${cred:client-secret}'",
              "'${env:NONE:-hunter2}'",
              "'hunter2$$'"}) {
            auto text = shown(
                std::string(whole_cluster) + "auth: {kind: " + kind +
                ", tenant_id: t, client_id: c, client_secret: " + secret + "}\n" +
                "watches: [{path: /drop/web, database: D, table: T, format: json, "
                "additional_properties: {key: hunter2, b: '${file:/secret}'}}]\n" +
                "network: {proxy: 'http://user:hunter2@proxy.example:3128'}\n"
            );
            BOOST_TEST_CONTEXT(text) { BOOST_TEST(text.find("hunter2") == std::string::npos); }
        }
    }
}

BOOST_AUTO_TEST_CASE(says_where_a_secret_is_read_from) {
    auto with = [](const std::string& secret) {
        auto text =
            std::string(whole_cluster) +
            "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: " + secret +
            "}\n" + std::string(whole_watches);
        return row_of(load(text, ours), "auth.client_secret").value;
    };
    BOOST_TEST(with("'${file:/secret}'") == "\"${file:/secret}\"");
    BOOST_TEST(with("hunter2") == "\"(secret)\"");
    BOOST_TEST(with("'${env:SECRET}'") == "\"(secret)\"");
}

BOOST_AUTO_TEST_CASE(is_a_configuration_again) {
    auto text = shown(std::string(documented) + "drain: {scope: folder}\n");
    auto again = load(text, ours);
    BOOST_TEST(printed(again) == "");
    auto before = load(std::string(documented) + "drain: {scope: folder}\n", ours);
    BOOST_TEST((again.values == before.values), text);
}

BOOST_AUTO_TEST_CASE(of_a_followed_folder_is_one_too) {
    auto text = std::string(whole_cluster) +
                "watches: [{path: /logs, database: D, table: T, format: json, mode: follow}]\n";
    auto again = load(shown(text), ours);
    BOOST_TEST(printed(again) == "");
    BOOST_TEST((again.values == load(text, ours).values));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_here_is_shown_as_it_is_written) {
    auto environment = ours.environment();
    environment.unresolved_is_warning = true;
    auto loaded = config::load_text(
        std::string(whole_cluster) +
            "watches: [{path: /drop/web, database: '${env:NONE}', table: T, format: json}]\n",
        "k.yaml",
        environment
    );
    BOOST_TEST(row_of(loaded, "watches[0].database").value == "\"${env:NONE}\"");
}

BOOST_AUTO_TEST_CASE(of_a_secret_that_is_not_known_here_it_says_so) {
    auto secret_of = [](const std::string& kind, const std::string& secret) {
        auto environment = ours.environment();
        environment.unresolved_is_warning = true;
        auto loaded = config::load_text(
            std::string(whole_cluster) + "auth: {kind: " + kind + ", client_secret: '" + secret +
                "', tenant_id: t, client_id: c}\n" + std::string(whole_watches),
            "k.yaml",
            environment
        );
        return row_of(loaded, "auth.client_secret").value;
    };
    BOOST_TEST(secret_of("client_secret", "${env:NONE}") == "\"${env:NONE} (not set)\"");
    BOOST_TEST(secret_of("client_secret", "hunter2${env:NONE}") == "\"(not set)\"");
    BOOST_TEST(secret_of("client_secret", "${file:/absent}").find("(secret)") == std::string::npos);
    BOOST_TEST(secret_of("client_secret", "${env:SECRET}") == "\"(secret)\"");
    // Of a kind that does not use it, it is not read.
    BOOST_TEST(secret_of("azure_cli", "${env:NONE}") == "\"${env:NONE}\"");
}

BOOST_AUTO_TEST_CASE(every_key_can_be_shown) {
    for (auto& one : config::effective_values(load(minimal(), ours))) {
        BOOST_TEST(!one.value.empty(), one.key);
    }
}

BOOST_AUTO_TEST_SUITE_END()
