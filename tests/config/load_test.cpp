#include "config/load.hpp"

#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static std::string replaced(std::string text, std::string_view what, std::string_view by) {
    auto at = text.find(what);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

BOOST_AUTO_TEST_SUITE(load_)

BOOST_AUTO_TEST_CASE(needs_only_what_has_no_default) {
    auto loaded = load(minimal());
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.ok());
}

BOOST_AUTO_TEST_CASE(refuses_nothing_of_the_documented_file) {
    BOOST_TEST(problems_of(documented) == "");
    std::string text(documented);
    text = replaced(text, "managed_identity", "client_secret");
    text = replaced(text, "tenant_id: \"\"", "tenant_id: t");
    text = replaced(text, "client_id: \"\"", "client_id: c");
    machine machine{{}, {{"/credentials/client-secret", "hunter2\n"}}};
    BOOST_TEST(problems_of(text, machine) == "");
}

BOOST_AUTO_TEST_CASE(fills_in_what_was_given) {
    auto text = std::string(
        "cluster:\n"
        "  ingestion_endpoint: http://127.0.0.1:8080\n"
        "  ingestion_resources_refresh_interval: 90s\n"
        "  trusted_hosts: [A.Example, .b.example]\n"
        "  trusted_storage_hosts: [10.0.0.1]\n"
        "auth:\n"
        "  kind: client_secret\n"
        "  tenant_id: tenant.example\n"
        "  client_id: ${env:CLIENT}\n"
        "  client_secret: ${file:/secret}\n"
        "  authority_host: https://login.example/\n"
        "state_directory: /state//./kustodrop/\n"
        "watches:\n"
        "  - name: a-1\n"
        "    path: //drop/./a/\n"
        "    include: ['*.csv']\n"
        "    exclude: ['*.bak', 'old/**']\n"
        "    recursive: true\n"
        "    watch_mode: inotify\n"
        "    stable_for: 100ms\n"
        "    claim: rename\n"
        "    database: My DB\n"
        "    table: T\n"
        "    format: csv\n"
        "    ingestion_mapping_reference: M\n"
        "    ignore_first_record: true\n"
        "    tags: ['drop-by:x']\n"
        "    creation_time_pattern: \"'a-'yyyyMMdd\"\n"
        "    additional_properties: {zipPattern: '*', extend_schema: true, n: 5}\n"
        "    on_success: delete\n"
        "    on_failure: keep\n"
        "    on_unconfirmed: archive\n"
        "    act_after: posted\n"
        "    max_pending: 5\n"
        "    priority: low\n"
        "upload: {concurrency: 4, memory: 1GiB, compression: none, block_size: 64KiB}\n"
        "notifications:\n"
        "  report_level: none\n"
        "  poll_interval: 500ms\n"
        "  foreign_messages: discard\n"
        "  outcome_timeout: 1d\n"
        "fleet: {database: Ops, table: F, interval: 90s, sources: all}\n"
        "retention: {archive_for: 0, archive_bytes: 5TiB, quarantine_for: 30d, journal_for: 1d}\n"
        "network: {ca_file: /ca.pem, min_tls: 1.3, connect_timeout: 1s, io_timeout: 2s}\n"
        "admin: {listen: 'unix:/tmp//a.sock', http: '[::1]:0'}\n"
        "log: {level: trace, format: journald}\n"
    );
    auto loaded = load(text, {{{"CLIENT", "c-1"}}, {{"/secret", "hunter2\n"}}});
    BOOST_TEST_REQUIRE(printed(loaded) == "");
    auto& all = loaded.values;
    BOOST_TEST(all.cluster.ingestion_endpoint.reveal() == "http://127.0.0.1:8080/");
    BOOST_TEST((all.cluster.ingestion_resources_refresh_interval == 90s));
    BOOST_TEST((all.cluster.trusted_hosts == std::vector<std::string>{"a.example", ".b.example"}));
    BOOST_TEST((all.cluster.trusted_storage_hosts == std::vector<std::string>{"10.0.0.1"}));
    BOOST_TEST((all.auth.kind == config::auth_kind::client_secret));
    BOOST_TEST(all.auth.tenant_id == "tenant.example");
    BOOST_TEST(all.auth.client_id == "c-1");
    BOOST_TEST(all.auth.client_secret.reveal() == "hunter2");
    BOOST_TEST(all.auth.client_secret_source == "${file:/secret}");
    BOOST_TEST(all.auth.authority_host->origin() == "https://login.example");
    BOOST_TEST(all.state_directory == "/state/kustodrop");
    auto& watch = all.watches.at(0);
    BOOST_TEST(watch.name == "a-1");
    BOOST_TEST(watch.path == "/drop/a");
    BOOST_TEST((watch.include == std::vector<std::string>{"*.csv"}));
    BOOST_TEST((watch.exclude == std::vector<std::string>{"*.bak", "old/**"}));
    BOOST_TEST(watch.recursive);
    BOOST_TEST((watch.mode == pipeline::watch_mode::inotify));
    BOOST_TEST((watch.stable_for == 100ms));
    BOOST_TEST((watch.claim == pipeline::claim_mode::rename));
    BOOST_TEST(watch.target.database == "My DB");
    BOOST_TEST(watch.target.table == "T");
    BOOST_TEST((watch.target.format == kusto::data_format::csv));
    BOOST_TEST(watch.target.mapping_reference == "M");
    BOOST_TEST(watch.target.ignore_first_record);
    BOOST_TEST((watch.target.tags == std::vector<std::string>{"drop-by:x"}));
    BOOST_TEST(watch.target.creation_time_pattern == "'a-'yyyyMMdd");
    std::map<std::string, std::string> properties{
        {"zipPattern", "*"}, {"extend_schema", "true"}, {"n", "5"}};
    BOOST_TEST((watch.target.additional_properties == properties));
    BOOST_TEST((watch.on_success == pipeline::success_action::delete_));
    BOOST_TEST((watch.on_failure == pipeline::failure_action::keep));
    BOOST_TEST((watch.on_unconfirmed == pipeline::unconfirmed_action::archive));
    BOOST_TEST((watch.act_after == pipeline::act_time::posted));
    BOOST_TEST(watch.backlog.max_files == 5U);
    BOOST_TEST((watch.backlog.priority == pipeline::watch_priority::low));
    BOOST_TEST(all.upload.concurrency == 4U);
    BOOST_TEST(all.upload.memory_bytes == 1ULL << 30);
    BOOST_TEST((all.upload.shipper.how == spool::compression::none));
    BOOST_TEST(all.upload.shipper.block_bytes == 65536U);
    BOOST_TEST((all.notifications.reports == pipeline::report_level::none));
    BOOST_TEST((all.notifications.poll_interval == 500ms));
    BOOST_TEST(all.notifications.discard_foreign);
    BOOST_TEST((all.notifications.outcome_timeout == 24h));
    BOOST_TEST(all.fleet.database == "Ops");
    BOOST_TEST(all.fleet.table == "F");
    BOOST_TEST((all.fleet.interval == 90s));
    BOOST_TEST((all.fleet.sources == config::fleet_sources::all));
    BOOST_TEST((all.retention.archive_for == 0s));
    BOOST_TEST(all.retention.archive_bytes == 5ULL << 40);
    BOOST_TEST((all.retention.quarantine_for == 24h * 30));
    BOOST_TEST(all.retention.quarantine_bytes == 0u);
    BOOST_TEST((all.retention.journal_for == 24h));
    BOOST_TEST(all.network.ca_file == "/ca.pem");
    BOOST_TEST((all.network.min_tls == http::tls_version::v1_3));
    BOOST_TEST((all.network.connect_timeout == 1s));
    BOOST_TEST((all.network.io_timeout == 2s));
    BOOST_TEST(all.admin.listen == "/tmp/a.sock");
    BOOST_TEST((all.admin.http == config::tcp_address{"::1", 0}));
    BOOST_TEST((all.log.level == log_level::trace));
    BOOST_TEST((all.log.format == log_format::journald));
}

BOOST_AUTO_TEST_CASE(turns_the_admin_side_off_when_it_is_empty) {
    auto loaded = load(minimal() + "admin: {listen: '', http: ''}\n");
    BOOST_TEST_REQUIRE(printed(loaded) == "");
    BOOST_TEST(loaded.values.admin.listen == "");
    BOOST_TEST(!loaded.values.admin.http.has_value());
}

BOOST_AUTO_TEST_CASE(takes_the_documented_addresses_of_the_admin_side_for_granted) {
    auto loaded = load(minimal());
    BOOST_TEST(loaded.values.admin.listen == "/run/kustodrop/admin.sock");
    BOOST_TEST((loaded.values.admin.http == config::tcp_address{"127.0.0.1", 9464}));
}

BOOST_AUTO_TEST_CASE(reports_everything_at_once_by_position) {
    auto text =
        "watches:\n"
        "  - path: drop\n"
        "    tabel: T\n"
        "    format: jsn\n"
        "    recursive: yes\n"
        "  - nonsense\n"
        "cluster: {}\n"
        "auth: {kind: azure_clli}\n"
        "upload: {concurrency: 5000, memory: 32}\n"
        "netwrok: {}\n"
        "log: [info]\n";
    BOOST_TEST(
        problems_of(text) ==
        "k.yaml:2:5: watches[0].database: is missing; give the database to ingest into\n"
        "k.yaml:2:11: watches[0].path: \"drop\" is not a valid absolute path; use a path that "
        "begins "
        "with /\n"
        "k.yaml:3:5: watches[0].tabel: is an unknown key; did you mean table?\n"
        "k.yaml:4:13: watches[0].format: \"jsn\" is not a valid format; did you mean json? Use "
        "one of "
        "csv, tsv, scsv, sohsv, psv, txt, tsve, raw, json, multijson, avro, apacheavro, parquet, "
        "orc, sstream, w3clogfile\n"
        "k.yaml:5:16: watches[0].recursive: \"yes\" is not a valid boolean; use true or "
        "false\n"
        "k.yaml:6:5: watches[1]: is a single value; use a map of keys\n"
        "k.yaml:7:10: cluster.ingestion_endpoint: is missing; give "
        "https://ingest-CLUSTER.REGION.kusto.windows.net\n"
        "k.yaml:8:14: auth.kind: \"azure_clli\" is not a valid kind; did you mean azure_cli? "
        "Use one of client_secret, client_certificate, managed_identity, workload_identity, "
        "azure_cli\n"
        "k.yaml:9:23: upload.concurrency: \"5000\" is out of range; use 1 to 1024\n"
        "k.yaml:9:37: upload.memory: \"32\" has no unit; use a number with B, KiB, MiB, GiB "
        "or TiB, like 64KiB\n"
        "k.yaml:10:1: netwrok: is an unknown key; did you mean network?\n"
        "k.yaml:11:6: log: is a list; use a map of keys\n"
    );
}

BOOST_AUTO_TEST_CASE(puts_what_is_missing_at_its_parent) {
    BOOST_TEST(
        problems_of("\nlog: {}\n") ==
        "k.yaml:2:1: cluster.ingestion_endpoint: is missing; give "
        "https://ingest-CLUSTER.REGION.kusto.windows.net\n"
        "k.yaml:2:1: watches: is missing; give a list of at least one watch\n"
    );
    BOOST_TEST(
        problems_of("cluster:\nauth:\nwatches: []\n") ==
        "k.yaml:1:1: cluster.ingestion_endpoint: is missing; give "
        "https://ingest-CLUSTER.REGION.kusto.windows.net\n"
        "k.yaml:3:10: watches: is an empty list; use at least one watch\n"
    );
    BOOST_TEST(
        problems_of(std::string(whole_cluster) + std::string(whole_auth) + "watches:\n  - {}\n") ==
        "k.yaml:4:5: watches[0].path: is missing; give the folder to watch\n"
        "k.yaml:4:5: watches[0].database: is missing; give the database to ingest into\n"
        "k.yaml:4:5: watches[0].table: is missing; give the table to ingest into\n"
        "k.yaml:4:5: watches[0].format: is missing; give the format of the files, like csv or "
        "json\n"
    );
}

BOOST_AUTO_TEST_CASE(says_when_a_file_holds_no_sections) {
    BOOST_TEST(problems_of("") == "k.yaml:1:1: the file is empty\n");
    BOOST_TEST(
        problems_of("---\n") ==
        "k.yaml:1:1: the file is empty; use a map of sections like cluster: and watches:\n"
    );
    BOOST_TEST(
        problems_of("- a\n") ==
        "k.yaml:1:1: is not a map; use a map of sections like cluster: and watches:\n"
    );
}

BOOST_AUTO_TEST_SUITE_END()
