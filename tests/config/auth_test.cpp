#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static std::string with_auth(const std::string& auth) {
    return std::string(whole_cluster) + "auth: {" + auth + "}\n" + std::string(whole_watches);
}

static std::string why(const std::string& auth, const machine& machine = {}) {
    return problems_of(with_auth(auth), machine);
}

static config::auth_settings read(const std::string& auth, const machine& machine = {}) {
    auto loaded = load(with_auth(auth), machine);
    BOOST_TEST(printed(loaded) == "");
    return loaded.values.auth;
}

static const machine pod{
    {{"AZURE_TENANT_ID", "pod-tenant"},
     {"AZURE_CLIENT_ID", "pod-client"},
     {"AZURE_FEDERATED_TOKEN_FILE", "/var/run/secrets/azure/tokens/azure-identity-token"},
     {"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/"}}};

BOOST_AUTO_TEST_SUITE(auth_)

BOOST_AUTO_TEST_CASE(a_managed_identity_needs_nothing_and_is_the_default) {
    BOOST_TEST((read("").kind == config::auth_kind::managed_identity));
    BOOST_TEST(read("kind: managed_identity, client_id: c").client_id == "c");
    BOOST_TEST(read("object_id: o").object_id == "o");
    BOOST_TEST(read("resource_id: /subscriptions/s").resource_id == "/subscriptions/s");
}

BOOST_AUTO_TEST_CASE(a_managed_identity_has_one_name) {
    BOOST_TEST(
        why("client_id: c, object_id: o") ==
        "k.yaml:2:33: auth.object_id: names the identity a second time; use one of client_id, "
        "object_id and resource_id, or none for the system-assigned identity\n"
    );
}

BOOST_AUTO_TEST_CASE(a_certificate_needs_its_file_and_whose_it_is) {
    auto whole = read(
        "kind: client_certificate, tenant_id: t, client_id: c, client_certificate_file: /c.pem, "
        "assertion_algorithm: rs256, send_certificate_chain: true"
    );
    BOOST_TEST(whole.client_certificate_file == "/c.pem");
    BOOST_TEST((whole.assertion_algorithm == config::assertion_algorithm::rs256));
    BOOST_TEST(whole.send_certificate_chain);
    BOOST_TEST(
        why("kind: client_certificate") ==
        "k.yaml:2:7: auth.tenant_id: is missing; kind client_certificate needs it\n"
        "k.yaml:2:7: auth.client_id: is missing; kind client_certificate needs it\n"
        "k.yaml:2:7: auth.client_certificate_file: is missing; kind client_certificate needs it\n"
    );
}

BOOST_AUTO_TEST_CASE(a_workload_is_configured_by_its_pod) {
    auto whole = read("kind: workload_identity", pod);
    BOOST_TEST(whole.tenant_id == "pod-tenant");
    BOOST_TEST(whole.client_id == "pod-client");
    BOOST_TEST(whole.federated_token_file == "/var/run/secrets/azure/tokens/azure-identity-token");
    BOOST_TEST(whole.authority_host->origin() == "https://login.microsoftonline.us");
}

BOOST_AUTO_TEST_CASE(what_is_configured_wins_over_the_pod) {
    auto whole = read(
        "kind: workload_identity, tenant_id: t, client_id: c, federated_token_file: /token, "
        "authority_host: https://login.example",
        pod
    );
    BOOST_TEST(whole.tenant_id == "t");
    BOOST_TEST(whole.client_id == "c");
    BOOST_TEST(whole.federated_token_file == "/token");
    BOOST_TEST(whole.authority_host->origin() == "https://login.example");
}

BOOST_AUTO_TEST_CASE(the_pods_variables_are_for_workload_identity_only) {
    BOOST_TEST(read("kind: managed_identity", pod).client_id == "");
    BOOST_TEST(!read("kind: managed_identity", pod).authority_host.has_value());
}

BOOST_AUTO_TEST_CASE(a_workload_without_a_pod_is_refused_with_what_is_missing) {
    auto missing = [](const std::string& key, const std::string& variable) {
        return "k.yaml:2:7: auth." + key + ": is missing, and so is the environment variable " +
               variable +
               ", which workload identity sets in a pod labelled azure.workload.identity/use: "
               "true\n";
    };
    BOOST_TEST(
        why("kind: workload_identity") ==
        missing("tenant_id", "AZURE_TENANT_ID") + missing("client_id", "AZURE_CLIENT_ID") +
            missing("federated_token_file", "AZURE_FEDERATED_TOKEN_FILE")
    );
}

BOOST_AUTO_TEST_CASE(nonsense_of_the_pod_is_reported_as_such) {
    auto odd = pod;
    odd.variables["AZURE_TENANT_ID"] = "a/b";
    odd.variables["AZURE_CLIENT_ID"] = "a\nb";
    odd.variables["AZURE_FEDERATED_TOKEN_FILE"] = "token";
    odd.variables["AZURE_AUTHORITY_HOST"] = "http://login.example";
    BOOST_TEST(
        why("kind: workload_identity", odd) ==
        "k.yaml:2:7: auth.tenant_id: is taken from the environment variable AZURE_TENANT_ID, which "
        "is not a valid id; use a GUID or a name of letters, digits, - . and _\n"
        "k.yaml:2:7: auth.client_id: is taken from the environment variable AZURE_CLIENT_ID, which "
        "is not a single line; use one line\n"
        "k.yaml:2:7: auth.federated_token_file: is taken from the environment variable "
        "AZURE_FEDERATED_TOKEN_FILE, which is not a valid absolute path; use a path that begins "
        "with "
        "/\n"
        "k.yaml:2:7: auth.authority_host: is taken from the environment variable "
        "AZURE_AUTHORITY_HOST, which is not a valid authority; use https://HOST like "
        "https://login.microsoftonline.com, http:// only for loopback\n"
    );
}

BOOST_AUTO_TEST_CASE(the_command_line_tool_needs_nothing) {
    BOOST_TEST((read("kind: azure_cli").kind == config::auth_kind::azure_cli));
    BOOST_TEST(read("kind: azure_cli, tenant_id: t").tenant_id == "t");
}

BOOST_AUTO_TEST_CASE(the_daemon_has_no_use_of_a_kind_that_starts_programs) {
    machine daemon;
    daemon.may_start_programs = false;
    auto said = [](int line, int column, const std::string& key) {
        return "k.yaml:" + std::to_string(line) + ":" + std::to_string(column) + ": " + key +
               ": azure_cli is for send and check; the daemon starts no programs, so use another "
               "kind\n";
    };
    BOOST_TEST(why("kind: azure_cli", daemon) == said(2, 14, "auth.kind"));
    BOOST_TEST(why("kind: managed_identity", daemon) == "");
    auto clusters =
        "clusters:\n  a: {ingestion_endpoint: 'https://ingest-a.kusto.windows.net', "
        "auth: {kind: azure_cli}}\n";
    auto watches = "watches: [{path: /drop, database: d, table: t, format: csv, cluster: a}]\n";
    auto problems = problems_of(std::string(clusters) + watches, daemon);
    BOOST_TEST(problems == said(2, 78, "clusters.a.auth.kind"));
}

BOOST_AUTO_TEST_CASE(keys_of_another_kind_are_pointed_at) {
    struct row {
        std::string given;
        std::string key;
        std::string owner;
    };
    for (auto& [given, key, owner] : std::initializer_list<row>{
             {"kind: managed_identity, tenant_id: t", "tenant_id", "client_secret"},
             {"kind: managed_identity, client_secret: s", "client_secret", "client_secret"},
             {"kind: azure_cli, client_id: c", "client_id", "client_secret"},
             {"kind: azure_cli, object_id: o", "object_id", "managed_identity"},
             {"kind: azure_cli, resource_id: /subscriptions/s", "resource_id", "managed_identity"},
             {"kind: azure_cli, assertion_algorithm: ps256",
              "assertion_algorithm",
              "client_certificate"},
             {"kind: azure_cli, send_certificate_chain: true",
              "send_certificate_chain",
              "client_certificate"},
             {"kind: azure_cli, client_certificate_file: /c",
              "client_certificate_file",
              "client_certificate"},
             {"kind: azure_cli, federated_token_file: /t",
              "federated_token_file",
              "workload_identity"}}) {
        auto loaded = load(with_auth(given));
        BOOST_TEST(loaded.ok());
        BOOST_TEST_REQUIRE(loaded.problems.size() == 1u, given);
        auto& problem = loaded.problems.front();
        BOOST_TEST(problem.warning);
        BOOST_TEST(problem.key == "auth." + key);
        auto kind = given.substr(6, given.find(',') - 6);
        BOOST_TEST(
            problem.message ==
            "is not used by kind " + kind + "; leave it out, or set kind: " + owner
        );
    }
}

BOOST_AUTO_TEST_CASE(the_documented_secret_disturbs_no_other_kind) {
    read("kind: managed_identity, client_secret: '${cred:client-secret}'");
}

BOOST_AUTO_TEST_SUITE_END()
