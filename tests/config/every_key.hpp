#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Every key of the configuration with values that it must refuse, for tests that leave none out.
namespace kustodrop::test {

struct key_case {
    std::string section;  // "upload", "watches", "watches.coalesce"; empty for the root.
    std::string key;
    std::string good;                // A value that is accepted, in one line.
    std::vector<std::string> wrong;  // Values that are not, in one line; "" means no value.
};

inline const std::vector<std::string> no_texts{"", "[a]", "{a: b}", "\"two\\nlines\""};
inline const std::vector<std::string> no_choices{"", "[a]", "{a: b}", "nonsense", "true", "\"\""};

inline std::vector<std::string> operator+(
    std::vector<std::string> all, const std::vector<std::string>& more
) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

inline const std::vector<std::string> no_flags{
    "", "[true]", "{a: b}", "yes", "on", "off", "True", "1"};
inline const std::vector<std::string> no_numbers{
    "", "[1]", "{a: b}", "many", "-1", "1.5", "1KiB", "0x10", "99999999999999999999"};
inline const std::vector<std::string> no_durations{
    "", "[1s]", "{a: b}", "soon", "10", "10 s", "1.5s", "-1s", "10S", "1m1h", "99999d", "s"};
inline const std::vector<std::string> no_sizes{
    "", "[1KiB]", "{a: b}", "big", "10", "10KB", "1 MiB", "1.5MiB", "-1KiB", "99999999TiB"};
inline const std::vector<std::string> no_text_lists{"", "a", "{a: b}", "[[a]]", "[{a: b}]", "[~]"};
inline const std::vector<std::string> no_maps{"a", "[a]"};

inline std::vector<key_case> every_key() {
    static const std::vector<std::string> no_path{"relative", "./relative", "/a/../b"};
    return {
        {"", "cluster", "", {"a", "[a]"}},
        {"", "auth", "", {"a", "[a]"}},
        {"", "state_directory", "/var/lib/k", no_texts + no_path + std::vector<std::string>{"''"}},
        {"", "watches", "", {"", "a", "{a: b}", "[]", "~"}},
        {"", "upload", "{}", no_maps},
        {"", "notifications", "{}", no_maps},
        {"", "retention", "{}", no_maps},
        {"", "network", "{}", no_maps},
        {"", "drain", "{}", no_maps},
        {"", "admin", "{}", no_maps},
        {"", "log", "{}", no_maps},
        {"cluster",
         "ingestion_endpoint",
         "https://ingest-c.region.kusto.windows.net",
         no_texts +
             std::vector<std::string>{
                 "''",
                 "ingest-c.region.kusto.windows.net",
                 "ftp://ingest-c.kusto.windows.net",
                 "http://ingest-c.region.kusto.windows.net",
                 "https://c.region.kusto.windows.net",
                 "https://user:pass@ingest-c.kusto.windows.net",
                 "https://ingest-c.kusto.windows.net/Database",
                 "https://ingest-c.kusto.windows.net/?a=b",
                 "https://ingest-c.kusto.windows.net./",
                 "'https://ingest-c.kusto.windows.net/#a'",
                 "'https://'"}},
        {"cluster",
         "ingestion_resources_refresh_interval",
         "30m",
         no_durations + std::vector<std::string>{"0", "999ms", "25h"}},
        {"cluster",
         "trusted_hosts",
         "[a.example, .b.example, '::1']",
         no_text_lists +
             std::vector<std::string>{
                 "['https://a.example']",
                 "['a.example:443']",
                 "[a/b]",
                 "['a b']",
                 "['*.example']",
                 "['']",
                 "['.']",
                 "['u@a.example']"}},
        {"cluster",
         "trusted_storage_hosts",
         "[127.0.0.1]",
         no_text_lists + std::vector<std::string>{"['https://a.example']", "['a?b']"}},
        {"auth",
         "kind",
         "client_secret",
         no_choices + std::vector<std::string>{"secret", "azure", "Managed_identity"}},
        {"auth", "tenant_id", "t", no_texts + std::vector<std::string>{"''", "a/b", "a b"}},
        {"auth", "client_id", "c", no_texts + std::vector<std::string>{"''", "a/b", "a b"}},
        {"auth",
         "client_secret",
         "hunter2",
         no_texts + std::vector<std::string>{"''", "'${env:ABSENT}'", "'${cred:absent}'", "'${'"}},
        {"auth", "client_certificate_file", "/c.pem", no_texts + no_path},
        {"auth", "assertion_algorithm", "rs256", no_choices + std::vector<std::string>{"RS256"}},
        {"auth", "send_certificate_chain", "true", no_flags},
        {"auth", "object_id", "o", no_texts + std::vector<std::string>{"a/b", "a b"}},
        {"auth",
         "resource_id",
         "/subscriptions/s/userAssignedIdentities/i",
         no_texts + std::vector<std::string>{"subscriptions/s", "/s", "'/subscriptions/a b'"}},
        {"auth", "federated_token_file", "/token", no_texts + no_path},
        {"auth",
         "authority_host",
         "https://login.example",
         no_texts +
             std::vector<std::string>{
                 "login.example",
                 "http://login.example",
                 "https://login.example/tenant",
                 "https://u:p@login.example"}},
        {"watches", "name", "web", no_texts + std::vector<std::string>{"''", "Web", "a_b", "a/b"}},
        {"watches",
         "path",
         "/drop/web",
         no_texts + no_path +
             std::vector<std::string>{
                 "''", "/", "//", "/drop/.kustodrop/work", "/var/lib/k", "/var/lib/k/in", "/var"}},
        {"watches",
         "include",
         "['*.json']",
         no_text_lists + std::vector<std::string>{"[]", "['']", "['[a']", "['/a']", "['*.{a,b}']"}},
        {"watches", "exclude", "['tmp/**']", no_text_lists + std::vector<std::string>{"['a/']"}},
        {"watches", "recursive", "true", no_flags},
        {"watches", "watch_mode", "poll", no_choices},
        {"watches", "stable_for", "100ms", no_durations + std::vector<std::string>{"99ms", "0"}},
        {"watches", "done_marker", ".ok", no_texts + std::vector<std::string>{"a/b"}},
        {"watches", "claim", "in_place", no_choices},
        {"watches", "database", "D", no_texts + std::vector<std::string>{"''", "' D'"}},
        {"watches", "table", "T", no_texts + std::vector<std::string>{"''", "'T '"}},
        {"watches", "format", "csv", no_choices + std::vector<std::string>{"jsn", "CSV", ".json"}},
        {"watches",
         "ingestion_mapping_reference",
         "M",
         no_texts + std::vector<std::string>{"' M'"}},
        {"watches", "ignore_first_record", "true", no_flags},
        {"watches", "tags", "['drop-by:a']", no_text_lists + std::vector<std::string>{"['']"}},
        {"watches",
         "creation_time_pattern",
         "\"'web-'yyyyMMdd'.json'\"",
         no_texts + std::vector<std::string>{"web", "\"'web-\"", "MMdd", "\"'a'\"", "yyyydd"}},
        {"watches", "additional_properties", "{a: b, c: true, d: 1}", {"a", "[a]"}},
        {"watches", "deduplicate", "off", no_choices + std::vector<std::string>{"false"}},
        {"watches", "batching_time", "30s", no_durations + std::vector<std::string>{"99ms", "25h"}},
        {"watches", "on_success", "delete", no_choices + std::vector<std::string>{"quarantine"}},
        {"watches", "on_failure", "keep", no_choices + std::vector<std::string>{"delete"}},
        {"watches", "on_unconfirmed", "repost", no_choices},
        {"watches", "act_after", "posted", no_choices},
        {"watches", "max_pending", "1", no_numbers + std::vector<std::string>{"0", "100000001"}},
        {"watches", "coalesce", "{max_files: 100}", no_maps},
        {"watches.coalesce",
         "max_files",
         "1000",
         no_numbers + std::vector<std::string>{"0", "100001"}},
        {"watches.coalesce",
         "max_bytes",
         "10MiB",
         no_sizes + std::vector<std::string>{"0", "1023", "5GiB"}},
        {"watches.coalesce",
         "max_age",
         "5s",
         no_durations + std::vector<std::string>{"0", "99ms", "25h"}},
        {"watches", "mode", "follow", no_choices + std::vector<std::string>{"tail"}},
        {"watches", "start", "end", no_choices},
        {"watches", "record_wait", "10s", no_durations + std::vector<std::string>{"999ms", "2h"}},
        {"watches", "max_record", "2MiB", no_sizes + std::vector<std::string>{"0", "1023", "1GiB"}},
        {"watches", "max_logs", "10", no_numbers + std::vector<std::string>{"0", "1000001"}},
        {"watches", "records", "cri", no_choices},
        {"watches",
         "record_starts",
         "['20']",
         no_text_lists + std::vector<std::string>{"['**']", "['']"}},
        {"watches",
         "columns",
         "[message, '=a', 'zone=b']",
         no_text_lists + std::vector<std::string>{"[log_id]", "['']"}},
        {"watches", "cut", "{max_age: 10s}", no_maps},
        {"watches.cut",
         "max_bytes",
         "10MiB",
         no_sizes + std::vector<std::string>{"0", "1023KiB", "5GiB"}},
        {"watches.cut", "max_age", "5s", no_durations + std::vector<std::string>{"99ms", "25h"}},
        {"watches", "hold", "{max_time: 10s}", no_maps},
        {"watches.hold",
         "max_files",
         "100",
         no_numbers + std::vector<std::string>{"15", "1000001"}},
        {"watches.hold",
         "max_bytes",
         "10MiB",
         no_sizes + std::vector<std::string>{"0", "1023KiB", "1025TiB"}},
        {"watches.hold", "max_time", "5m", no_durations + std::vector<std::string>{"9s", "721h"}},
        {"upload", "concurrency", "1024", no_numbers + std::vector<std::string>{"0", "1025"}},
        {"upload",
         "memory",
         "8MiB",
         no_sizes + std::vector<std::string>{"0", "1023KiB", "65GiB", "7MiB"}},
        {"upload", "compression", "dense", no_choices + std::vector<std::string>{"gzip"}},
        {"upload", "compression_threads", "4", no_numbers + std::vector<std::string>{"257"}},
        {"upload",
         "block_size",
         "64KiB",
         no_sizes + std::vector<std::string>{"0", "63KiB", "101MiB", "17MiB"}},
        {"upload",
         "bandwidth_limit",
         "1MiB",
         no_sizes + std::vector<std::string>{"1KiB", "8191", "1025GiB"}},
        {"upload", "repost_after", "1s", no_durations + std::vector<std::string>{"99ms", "25h"}},
        {"notifications", "report_level", "failures", no_choices},
        {"notifications", "report_method", "table", no_choices},
        {"notifications",
         "poll_interval",
         "100ms",
         no_durations + std::vector<std::string>{"0", "99ms", "61m"}},
        {"notifications",
         "foreign_messages",
         "discard",
         no_choices + std::vector<std::string>{"delete"}},
        {"notifications",
         "outcome_timeout",
         "30d",
         no_durations + std::vector<std::string>{"0", "31d", "10s", "5s"}},
        {"retention", "archive_for", "0", no_durations},
        {"retention", "archive_bytes", "0", no_sizes},
        {"retention", "quarantine_for", "30d", no_durations},
        {"retention", "quarantine_bytes", "1GiB", no_sizes},
        {"retention", "journal_for", "1h", no_durations + std::vector<std::string>{"0", "59m"}},
        {"retention",
         "min_free",
         "1%",
         {"", "[5%]", "{a: b}", "some", "5", "101%", "-1%", "'%'", "1e1%", "5 %"}},
        {"network",
         "proxy",
         "http://u:p@proxy:3128",
         no_texts + std::vector<std::string>{"https://proxy", "socks5://p:1", "'http://a b'"}},
        {"network", "no_proxy", "'.corp.test, 10.0.0.0/8'", no_texts},
        {"network", "ca_file", "/ca.pem", no_texts + no_path},
        {"network",
         "min_tls",
         "1.3",
         no_choices + std::vector<std::string>{"1.1", "TLSv1.2", "1.20"}},
        {"network", "connect_timeout", "5m", no_durations + std::vector<std::string>{"0", "6m"}},
        {"network", "io_timeout", "1s", no_durations + std::vector<std::string>{"0", "2h"}},
        {"drain", "scope", "folder", no_choices + std::vector<std::string>{"all"}},
        {"drain", "timeout", "1h", no_durations + std::vector<std::string>{"0", "2h"}},
        {"admin",
         "listen",
         "unix:/a.sock",
         no_texts +
             std::vector<std::string>{
                 "/a.sock",
                 "unix:a.sock",
                 "127.0.0.1:1",
                 "unix:/a/",
                 "unix:/../a",
                 "unix:/" + std::string(108, 'a')}},
        {"admin",
         "http",
         "'[::1]:0'",
         no_texts +
             std::vector<std::string>{
                 "9464",
                 "127.0.0.1",
                 "'127.0.0.1:'",
                 "127.0.0.1:65536",
                 "::1:80",
                 "a:b",
                 "http://a:1",
                 "':80'"}},
        {"log", "level", "debug", no_choices + std::vector<std::string>{"warn", "INFO"}},
        {"log", "format", "json", no_choices + std::vector<std::string>{"journal"}},
    };
}

}  // namespace kustodrop::test
