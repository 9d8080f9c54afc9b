#include "daemon/fleet/fleet_rows.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;
using daemon::heartbeat_facts;
using daemon::outcome_span;

static wall_time at(int seconds) { return wall_time{std::chrono::seconds(seconds)}; }

static json::object parsed(const std::string& row) {
    BOOST_TEST(row.find('\n') == row.npos);
    return json::parse(row).as_object();
}

static daemon::status_report report() {
    daemon::status_report out;
    out.version = "1.2.3";
    out.host = "srv";
    out.started_at = at(0);
    out.now = at(100);
    return out;
}

static daemon::watch_status watch(std::string name) {
    daemon::watch_status out;
    out.name = std::move(name);
    out.outcomes = {{"succeeded", 5}, {"failed", 2}, {"rejected", 1}};
    out.raw_bytes = 70;
    out.waiting_in_folder = 3;
    out.counts.pending_files = 4;
    out.counts.oldest = at(40);
    out.quarantined = 2;
    return out;
}

static spool::journal_row source(std::string id, spool::outcome outcome, wall_time when) {
    spool::journal_row out;
    out.source.id = std::move(id);
    out.source.watch = "web";
    out.source.target = "Logs.Web";
    out.source.slices.push_back({"a.csv", "a.csv", 0, 9});
    spool::outcome_record record{outcome, "BadRequest_X", "why", "", when};
    out.source.stage = spool::stage::settled{record};
    return out;
}

static std::vector<std::string> ids(const daemon::file_rows& from) {
    std::vector<std::string> out;
    for (auto& row : from.rows) out.emplace_back(parsed(row).at("SourceId").as_string());
    return out;
}

BOOST_AUTO_TEST_SUITE(fleet_rows)

BOOST_AUTO_TEST_CASE(a_heartbeat_says_how_the_daemon_is) {
    heartbeat_facts facts{"cafe", 5min, 7};
    auto row = parsed(daemon::heartbeat_row(report(), facts));
    BOOST_TEST(row.at("Kind") == "heartbeat");
    BOOST_TEST(row.at("Time") == "1970-01-01T00:01:40.000Z");
    BOOST_TEST(row.at("Host") == "srv");
    BOOST_TEST(row.at("Version") == "1.2.3");
    BOOST_TEST(row.at("Configuration") == "cafe");
    BOOST_TEST(row.at("IntervalSeconds") == 300);
    BOOST_TEST(row.at("LeftOut") == 7);
    BOOST_TEST(row.at("Healthy") == true);
    BOOST_TEST(row.at("Reason") == "");
    BOOST_TEST(row.at("Backlog") == 0);
    BOOST_TEST(row.at("OldestAgeSeconds").is_null());
    BOOST_TEST(row.at("Watches").as_array().empty());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_sums_its_watches_and_has_each) {
    auto now = report();
    now.watches = {watch("web"), watch("app")};
    now.watches[1].counts.oldest = at(60);
    auto row = parsed(daemon::heartbeat_row(now, {}));
    BOOST_TEST(row.at("Succeeded") == 10);
    BOOST_TEST(row.at("Failed") == 4);
    BOOST_TEST(row.at("Rejected") == 2);
    BOOST_TEST(row.at("Unconfirmed") == 0);
    BOOST_TEST(row.at("Bytes") == 140);
    BOOST_TEST(row.at("Backlog") == 14);
    BOOST_TEST(row.at("Quarantined") == 4);
    BOOST_TEST(row.at("OldestAgeSeconds") == 60.0);
    auto& watches = row.at("Watches").as_array();
    BOOST_REQUIRE(watches.size() == 2u);
    BOOST_TEST(watches[1].at("name") == "app");
    BOOST_TEST(watches[1].at("failed") == 2);
    BOOST_TEST(watches[1].at("backlog") == 7);
    BOOST_TEST(watches[1].at("oldest_age_seconds") == 40.0);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_gives_the_reason_of_bad_health) {
    auto now = report();
    now.journal_healthy = false;
    now.config_problem = std::string("\x1b[2J") + std::string(5000, 'x');
    auto row = parsed(daemon::heartbeat_row(now, {}));
    BOOST_TEST(row.at("Healthy") == false);
    std::string reason(row.at("Reason").as_string());
    BOOST_TEST(reason.starts_with("the journal cannot be written; "));
    BOOST_TEST(reason.find('\x1b') == reason.npos);
    BOOST_TEST(reason.size() < 1100u);
}

BOOST_AUTO_TEST_CASE(a_daemon_that_stops_says_so) {
    auto now = report();
    now.stopping = true;
    auto row = parsed(daemon::heartbeat_row(now, {}));
    BOOST_TEST(row.at("Healthy") == true);
    BOOST_TEST(row.at("Reason") == "the daemon stops");
}

BOOST_AUTO_TEST_CASE(a_source_has_a_row_for_each_of_its_files) {
    auto failed = source("s1", spool::outcome::failed, at(50));
    failed.source.slices.push_back({"b\n.csv", "b", 0, 11});
    auto found = daemon::rows_of_sources("srv", {failed}, {at(0), at(100)}, 10);
    BOOST_REQUIRE(found.rows.size() == 2u);
    auto row = parsed(found.rows[0]);
    BOOST_TEST(row.at("Kind") == "source");
    BOOST_TEST(row.at("Host") == "srv");
    BOOST_TEST(row.at("Time") == "1970-01-01T00:00:50.000Z");
    BOOST_TEST(row.at("Watch") == "web");
    BOOST_TEST(row.at("SourceId") == "s1");
    BOOST_TEST(row.at("File") == "a.csv");
    BOOST_TEST(row.at("Target") == "Logs.Web");
    BOOST_TEST(row.at("Outcome") == "failed");
    BOOST_TEST(row.at("Code") == "BadRequest_X");
    BOOST_TEST(row.at("Details") == "why");
    BOOST_TEST(row.at("Bytes") == 9);
    BOOST_TEST(parsed(found.rows[1]).at("File") == "b\\x0a.csv");
}

BOOST_AUTO_TEST_CASE(each_outcome_is_in_one_span_whenever_its_source_was_retired) {
    std::vector<spool::journal_row> all;
    for (int second : {30, 10, 20}) {
        auto id = std::to_string(second);
        all.push_back(source(id, spool::outcome::failed, at(second)));
    }
    auto& record = std::get<spool::stage::settled>(all[1].source.stage).record;
    all[1].source.stage = spool::stage::retired{record, at(29)};
    auto first = daemon::rows_of_sources("srv", all, {at(0), at(20)}, 10);
    auto second = daemon::rows_of_sources("srv", all, {at(20), at(30)}, 10);
    BOOST_TEST(ids(first) == (std::vector<std::string>{"10", "20"}));
    BOOST_TEST(ids(second) == (std::vector<std::string>{"30"}));
}

BOOST_AUTO_TEST_CASE(what_has_no_outcome_has_no_row) {
    auto posted = source("s", spool::outcome::failed, at(5));
    posted.source.stage = spool::stage::posted{};
    BOOST_TEST(daemon::rows_of_sources("srv", {posted}, {at(0), at(9)}, 10).rows.empty());
}

BOOST_AUTO_TEST_CASE(of_too_many_the_latest_are_kept_and_the_others_counted) {
    std::vector<spool::journal_row> all;
    for (int second = 9; second > 0; --second) {
        all.push_back(source(std::to_string(second), spool::outcome::failed, at(second)));
    }
    auto found = daemon::rows_of_sources("srv", all, {at(0), at(100)}, 3);
    BOOST_TEST(ids(found) == (std::vector<std::string>{"7", "8", "9"}));
    BOOST_TEST(found.left_out == 6u);
}

BOOST_AUTO_TEST_CASE(successes_are_reported_where_that_is_wanted) {
    using config::fleet_sources;
    BOOST_TEST(daemon::reported_outcomes(fleet_sources::failures).size() == 3u);
    BOOST_TEST(daemon::reported_outcomes(fleet_sources::all).size() == 6u);
}

BOOST_AUTO_TEST_CASE(the_hash_of_a_configuration_follows_its_values_but_not_its_secrets) {
    config::settings one;
    one.watches.emplace_back().name = "web";
    one.auth.client_secret = secret("first");
    auto hash = daemon::configuration_hash(one);
    BOOST_TEST(hash.size() == 16u);
    auto other = one;
    other.auth.client_secret = secret("hunter2");
    BOOST_TEST(daemon::configuration_hash(other) == hash);
    other.watches[0].target.table = "T";
    BOOST_TEST(daemon::configuration_hash(other) != hash);
}

BOOST_AUTO_TEST_CASE(a_configuration_of_several_clusters_has_a_hash_too) {
    config::settings several;
    for (auto name : {"west", "east"}) {
        auto& one = several.clusters.emplace_back();
        one.name = name;
    }
    several.watches.emplace_back();
    auto hash = daemon::configuration_hash(several);
    BOOST_TEST(hash.size() == 16u);
    several.clusters[1].auth.client_id = "another";
    BOOST_TEST(daemon::configuration_hash(several) != hash);
}

BOOST_AUTO_TEST_CASE(an_instance_is_a_host_of_its_own) {
    using daemon::fleet_host_name;
    BOOST_TEST(fleet_host_name("srv", "/var/lib/kustodrop") == "srv");
    BOOST_TEST(fleet_host_name("srv", "/var/lib/kustodrop/") == "srv");
    BOOST_TEST(fleet_host_name("srv", "/data/state") == "srv");
    BOOST_TEST(fleet_host_name("srv", "/var/lib/kustodrop/partners") == "srv/partners");
    BOOST_TEST(fleet_host_name("srv", "/var/lib/kustodrop/partners/") == "srv/partners");
    BOOST_TEST(fleet_host_name("srv", "/var/lib/kustodrop-other") == "srv");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_names_the_cluster_of_a_watch_where_there_are_several) {
    auto said = report();
    said.watches = {watch("web"), watch("app")};
    said.watches.front().cluster = "west";
    auto row = parsed(daemon::heartbeat_row(said, {}));
    auto& watches = row.at("Watches").as_array();
    BOOST_TEST(watches[0].as_object().at("cluster").as_string() == "west");
    BOOST_TEST(!watches[1].as_object().contains("cluster"));
}

BOOST_AUTO_TEST_SUITE_END()
