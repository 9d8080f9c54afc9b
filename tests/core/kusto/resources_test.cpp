#include "kusto/resources.hpp"

#include "base/text.hpp"
#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;

namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

// manual_clock begins here.
const auto now = *parse_iso8601("2026-08-22T00:00:00Z");

dataset answer(const rows& from) {
    dataset_table table;
    table.columns = {"ResourceTypeName", "StorageRoot"};
    for (auto& [kind, root] : from) table.rows.push_back({kind, root});
    dataset out;
    out.tables.push_back(table);
    return out;
}

std::string json(const rows& from) {
    std::string out;
    for (auto& [kind, root] : from) {
        out += (out.empty() ? "" : ",") + ("[\"" + kind + "\",\"" + root + "\"]");
    }
    return R"({"Tables":[{"Columns":[{"ColumnName":"ResourceTypeName"},)"
           R"({"ColumnName":"StorageRoot"}],"Rows":[)" +
           out + "]}]}";
}

std::string sas(const std::string& place, const std::string& until = "") {
    auto kind = place.substr(0, place.find(' '));
    auto name = place.substr(place.find(' ') + 1);
    return "https://acct1." + kind + ".core.windows.net/" + name + "?sig=TOPSECRET" +
           (until.empty() ? "" : "&se=" + until);
}

const rows whole{
    {"SecuredReadyForAggregationQueue", sas("queue ready")},
    {"SuccessfulIngestionsQueue", sas("queue good")},
    {"FailedIngestionsQueue", sas("queue bad")},
    {"TempStorage", sas("blob c0")},
    {"TempStorage", sas("blob c1")},
    {"IngestionsStatusTable", sas("table status")},
    {"SomethingNew", "gibberish"},
};

std::string code_for(std::string_view location, host_rules rules = {}) {
    auto allowed = check_storage_host(*http::url::parse(location), rules);
    return allowed ? "ok" : allowed.error().code.text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resources_)

BOOST_AUTO_TEST_CASE(sorts_resources_by_their_kind) {
    auto set = parse_resources(answer(whole), {}, now);
    BOOST_TEST(set->containers.size() == 2u);
    BOOST_TEST(set->containers[1].name == "c1");
    BOOST_TEST(set->containers[1].account == "acct1");
    BOOST_TEST(set->ingestion_queues.size() == 1u);
    BOOST_TEST(set->failed_queues.front().name == "bad");
    BOOST_TEST(set->successful_queues.front().name == "good");
    BOOST_TEST(set->status_tables.front().name == "status");
    BOOST_TEST(set->warnings.empty());
}

BOOST_AUTO_TEST_CASE(finds_columns_by_name_and_else_by_place) {
    auto swapped =
        answer({{sas("blob c"), "TempStorage"}, {sas("queue q"), "SecuredReadyForAggregationQueue"}}
        );
    swapped.tables[0].columns = {"StorageRoot", "ResourceTypeName"};
    BOOST_TEST(parse_resources(swapped, {}, now)->containers.size() == 1u);
    auto nameless = answer(whole);
    nameless.tables[0].columns.clear();
    BOOST_TEST(parse_resources(nameless, {}, now)->containers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(bad_rows_are_left_out_with_a_warning_without_a_secret) {
    auto with_bad = whole;
    with_bad.push_back({"TempStorage", "https://evil.test/c?sig=TOPSECRET"});
    with_bad.push_back({"TempStorage", "nonsense TOPSECRET"});
    with_bad.push_back(
        {"FailedIngestionsQueue", "http://acct1.queue.core.windows.net/q?sig=TOPSECRET"}
    );
    auto set = parse_resources(answer(with_bad), {}, now);
    BOOST_TEST(set->containers.size() == 2u);
    BOOST_TEST(set->failed_queues.size() == 1u);
    BOOST_TEST_REQUIRE(set->warnings.size() == 3u);
    BOOST_TEST(set->warnings[0].find("evil.test") != std::string::npos);
    for (auto& warning : set->warnings) {
        BOOST_TEST(warning.find("TOPSECRET") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(without_a_container_or_a_queue_there_is_no_set) {
    BOOST_TEST(parse_resources(dataset(), {}, now).error().code == errc::no_resources);
    auto no_queue = parse_resources(answer({{"TempStorage", sas("blob c")}}), {}, now).error();
    BOOST_TEST(no_queue.detail.find("ingestion queue") != std::string::npos);
    BOOST_TEST((no_queue.next == remedy::retry));
    auto refused = parse_resources(
                       answer(
                           {{"TempStorage", "https://a.corp.test/c"},
                            {"SecuredReadyForAggregationQueue", sas("queue q")}}
                       ),
                       {},
                       now
    )
                       .error();
    BOOST_TEST(refused.detail.find("container") != std::string::npos);
    BOOST_TEST(refused.detail.find("cluster.trusted_storage_hosts") != std::string::npos);
    BOOST_TEST((refused.next == remedy::reconfigure));
}

BOOST_AUTO_TEST_CASE(storage_hosts_are_known_by_their_suffix) {
    for (auto location :
         {"https://a.blob.core.windows.net/c",
          "https://a.queue.core.windows.net/c",
          "https://a.table.core.windows.net/c",
          "https://a.z11.blob.storage.azure.net/c",
          "https://a.blob.core.chinacloudapi.cn/c",
          "https://a.queue.core.usgovcloudapi.net/c",
          "https://a.privatelink.blob.core.windows.net/c"}) {
        BOOST_TEST(code_for(location) == "ok", location);
    }
    for (auto location :
         {"http://a.blob.core.windows.net/c",
          "https://a.blob.core.windows.net.evil.test/c",
          "https://ablob.core.windows.net/c",
          "https://blob.core.windows.net/c",
          "https://a.file.core.windows.net/c",
          "https://10.0.0.1/c",
          "https://169.254.169.254/c",
          "https://evil.test/c"}) {
        BOOST_TEST(code_for(location) == "untrusted_storage_host", location);
    }
}

BOOST_AUTO_TEST_CASE(operators_may_trust_storage_hosts) {
    host_rules rules;
    rules.trusted_storage_hosts = {"store.corp.test", ".lan.test", "10.0.0.7"};
    BOOST_TEST(code_for("https://store.corp.test/c", rules) == "ok");
    BOOST_TEST(code_for("https://a.lan.test/c", rules) == "ok");
    BOOST_TEST(code_for("https://10.0.0.7/a/c", rules) == "ok");
    BOOST_TEST(code_for("http://store.corp.test/c", rules) == "untrusted_storage_host");
}

BOOST_AUTO_TEST_CASE(this_machine_is_storage_only_for_a_cluster_on_this_machine) {
    host_rules rules;
    rules.trusted_storage_hosts = {"127.0.0.1"};
    BOOST_TEST(code_for("http://127.0.0.1:10000/a/c", rules) == "untrusted_storage_host");
    rules.loopback_endpoint = true;
    BOOST_TEST(code_for("http://127.0.0.1:10000/a/c", rules) == "ok");
    BOOST_TEST(code_for("http://localhost:10000/a/c", rules) == "ok");
    BOOST_TEST(code_for("http://169.254.169.254/a/c", rules) == "untrusted_storage_host");
}

BOOST_AUTO_TEST_CASE(a_set_is_good_as_long_as_one_container_and_one_queue_are) {
    auto until = [](const rows& from) {
        return usable_until(*parse_resources(answer(from), {}, now));
    };
    rows some{
        {"TempStorage", sas("blob c0", "2026-08-22T02:00:00Z")},
        {"TempStorage", sas("blob c1", "2026-08-26T00:00:00Z")},
        {"SecuredReadyForAggregationQueue", sas("queue q0", "2026-08-22T12:05:00Z")},
        {"FailedIngestionsQueue", sas("queue f", "2026-08-22T01:00:00Z")},
    };
    BOOST_TEST((until(some) == parse_iso8601("2026-08-22T12:00:00Z")));
    some.push_back({"SecuredReadyForAggregationQueue", sas("queue q1")});
    BOOST_TEST((until(some) == parse_iso8601("2026-08-25T23:55:00Z")));
    BOOST_TEST(!until(whole).has_value());
}

struct resources_world : test::world {
    resources_world() {
        management_options options;
        options.endpoint = *http::url::parse("https://ingest-c.kusto.windows.net");
        management.emplace(network, random, options);
        management->authenticate_with([] { return token(); }, [](auto&) {});
    }
    static asio::awaitable<management_client::token> token() {
        co_return std::make_shared<const azure::access_token>();
    }
    template <class T>
    T finish(asio::awaitable<T> work) {
        auto task = start(std::move(work));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }
    result<fresh<resource_set>> fetch(resource_options options = {}) {
        return finish(fetch_resources(*management, clock, options));
    }

    random_generator random{1};
    test::scripted_transport network;
    std::optional<management_client> management;
};

BOOST_FIXTURE_TEST_CASE(fetches_resources_to_be_refreshed_at_the_interval, resources_world) {
    network.answer(200, json(whole));
    resource_options options;
    options.refresh_interval = 30min;
    auto fetched = fetch(options);
    BOOST_TEST(fetched->value.containers.size() == 2u);
    BOOST_TEST((fetched->refresh_at == clock.now() + 30min));
    BOOST_TEST((fetched->expires_at == clock.now() + 24h));
    BOOST_TEST(network.last().body.find(".get ingestion resources") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_set_expires_with_its_sas, resources_world) {
    rows brief = whole;
    for (auto& [kind, root] : brief) root += "&se=2026-08-22T00:00:20Z";
    network.answer(200, json(brief));
    auto fetched = fetch();
    BOOST_TEST((fetched->expires_at == clock.now() + 15s));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_clock_here_does_not_make_good_sas_look_expired, resources_world) {
    rows brief = whole;
    for (auto& [kind, root] : brief) root += "&se=2026-08-21T12:00:00Z";
    // The service's clock is 20 h behind ours: its SAS has 8 h to live.
    network.answer(200, json(brief), {{"Date", "Fri, 21 Aug 2026 04:00:00 GMT"}});
    auto fetched = fetch();
    BOOST_TEST((fetched->expires_at == clock.now() + 8h - 5min));
    auto& place = fetched->value.containers.front();
    BOOST_TEST(place.usable_at(clock.wall_now()));
    BOOST_TEST((place.expires_at == clock.wall_now() + std::chrono::hours(8)));
}

BOOST_FIXTURE_TEST_CASE(a_small_difference_of_clocks_is_left_alone, resources_world) {
    rows brief = whole;
    for (auto& [kind, root] : brief) root += "&se=2026-08-22T01:00:00Z";
    network.answer(200, json(brief), {{"Date", "Sat, 22 Aug 2026 00:00:59 GMT"}});
    auto fetched = fetch();
    BOOST_TEST((fetched->value.containers[0].expires_at == parse_iso8601("2026-08-22T01:00:00Z")));
}

BOOST_FIXTURE_TEST_CASE(failures_to_fetch_are_passed_on, resources_world) {
    network.answer(503);
    BOOST_TEST(fetch().error().code.text() == "http_503");
    network.answer(200, R"({"Tables":[]})");
    BOOST_TEST(fetch().error().code == errc::no_resources);
}

BOOST_FIXTURE_TEST_CASE(fetches_the_identity_token, resources_world) {
    network.answer(
        200,
        R"({"Tables":[{"Columns":[{"ColumnName":"AuthorizationContext"}],"Rows":[["opaque"]]}]})"
    );
    auto fetched = finish(fetch_identity_token(*management, clock, 1h));
    BOOST_TEST(fetched->value.reveal() == "opaque");
    BOOST_TEST((fetched->refresh_at == clock.now() + 1h));
    BOOST_TEST((fetched->expires_at == clock.now() + 24h));
    BOOST_TEST(network.last().body.find(".get kusto identity token") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(anything_but_one_identity_token_is_a_failure, resources_world) {
    for (auto some : {"[]", R"([["a"],["b"]])", R"([[""]])"}) {
        network.answer(200, R"({"Tables":[{"Columns":[],"Rows":)" + std::string(some) + "}]}");
        auto failed = finish(fetch_identity_token(*management, clock, 1h)).error();
        BOOST_TEST(failed.code == errc::no_identity_token);
    }
    network.answer(200, R"({"Tables":[]})");
    BOOST_TEST(finish(fetch_identity_token(*management, clock, 1h)).has_error());
    network.answer(403);
    BOOST_TEST(
        finish(fetch_identity_token(*management, clock, 1h)).error().code.text() == "http_403"
    );
}

BOOST_AUTO_TEST_SUITE_END()
