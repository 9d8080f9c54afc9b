#include "daemon/admin/status_report.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::status_report;

static status_report with_watches(std::vector<bool> low_on_space) {
    status_report out;
    for (bool low : low_on_space) out.watches.emplace_back().low_on_space = low;
    return out;
}

BOOST_AUTO_TEST_SUITE(status_report_)

BOOST_AUTO_TEST_CASE(takes_files_however_little_space_is_free) {
    BOOST_TEST(with_watches({}).takes_files());
    BOOST_TEST(with_watches({true, true}).takes_files());
}

BOOST_AUTO_TEST_CASE(takes_files_while_the_service_is_away_but_not_without_a_journal) {
    auto report = with_watches({false});
    report.trouble = failure{service_code("unreachable"), remedy::retry, "no answer"};
    BOOST_TEST(report.takes_files());
    report.journal_healthy = false;
    BOOST_TEST(!report.takes_files());
}

BOOST_AUTO_TEST_CASE(one_line_says_whether_files_wait_for_a_cluster_or_go_elsewhere) {
    auto report = with_watches({false, false});
    report.clusters.resize(2);
    report.clusters[0].cluster = "west";
    report.clusters[0].trouble = failure{service_code("unreachable"), remedy::retry, "no answer"};
    report.clusters[1].cluster = "east";
    report.watches[0].cluster = "west";
    report.watches[1].cluster = "east";
    BOOST_TEST(report.one_line().starts_with("HOLDING for cluster west: "));
    auto& failover = report.watches[0].delivery.failover.emplace();
    failover.to = "east";
    BOOST_TEST(report.one_line().starts_with("HOLDING for cluster west: "));
    failover.since = report.now;
    BOOST_TEST(report.one_line().starts_with("FAILOVER from cluster west: "));
    report.watches[1].cluster = "west";
    BOOST_TEST(report.one_line().starts_with("HOLDING for cluster west: "));
}

BOOST_AUTO_TEST_CASE(nothing_is_wrong_while_nothing_is_wrong) {
    auto report = with_watches({false});
    BOOST_TEST(report.problems().empty());
    BOOST_TEST(report.to_json().find("\"healthy\":true") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_claimed_or_moved_are_a_problem) {
    auto report = with_watches({false});
    auto& watch = report.watches.front();
    watch.name = "web";
    watch.notices = {
        {"not_recursive", 1, "x", "left alone"},
        {"claim_refused", 1, "a.csv", "cannot claim"},
        {"move_refused", 2, "b.csv", "cannot rename"},
        {"read_refused", 1, "c.csv", "cannot open c.csv"}};
    auto found = report.problems();
    BOOST_REQUIRE(found.size() == 3u);
    BOOST_TEST(found[2] == "web: 1 file cannot be read, first c.csv: cannot open c.csv");
    BOOST_TEST(found[0] == "web: 1 file cannot be claimed, first a.csv: cannot claim");
    BOOST_TEST(found[1] == "web: 2 files cannot be moved, first b.csv: cannot rename");
}

BOOST_AUTO_TEST_CASE(a_refused_file_is_named_once) {
    status_report report;
    auto& watch = report.watches.emplace_back();
    watch.name = "web";
    watch.present = true;
    watch.notices = {{"claim_refused", 1, "a.csv", "cannot claim a.csv: Permission denied"}};
    BOOST_TEST(
        report.problems().front() == "web: 1 file cannot be claimed, first a.csv: Permission denied"
    );
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_open_is_named_with_the_reason) {
    auto report = with_watches({false});
    auto& watch = report.watches.front();
    watch.name = "web";
    watch.present = false;
    watch.trouble = failure{errc::folder_absent, remedy::retry, "/srv/web is another folder"};
    BOOST_REQUIRE(report.problems().size() == 1u);
    BOOST_TEST(
        report.problems()[0] ==
        "web: its folder is not open: folder_absent: /srv/web is another folder"
    );
}

BOOST_AUTO_TEST_CASE(a_journal_that_was_set_aside_is_noted_and_no_problem) {
    auto report = with_watches({false});
    BOOST_TEST(report.to_text().find("journal_set_aside") == std::string::npos);
    report.set_journal_aside = true;
    BOOST_TEST(report.problems().empty());
    BOOST_TEST(report.to_text().find("note journal_set_aside: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_watch_is_counted_as_one) {
    BOOST_TEST(with_watches({false}).one_line().starts_with("1 watch, "));
    BOOST_TEST(with_watches({false, false}).one_line().starts_with("2 watches, "));
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_is_named_the_gravest_first) {
    auto report = with_watches({true});
    auto& watch = report.watches.front();
    watch.name = "web";
    watch.path = "/srv/web";
    watch.present = false;
    watch.paused = "BadRequest_TableNotExist: no such table";
    report.journal_healthy = false;
    report.trouble = failure{service_code("AuthorizationFailure"), remedy::retry, "no upload"};
    report.polling_trouble = failure{service_code("x"), remedy::retry, "queues"};
    report.config_problem = "k.yaml:1:1: bad";
    report.clock_skew = -24h;
    auto found = report.problems();
    BOOST_REQUIRE(found.size() == 8u);
    BOOST_TEST(found[0].find("journal") != std::string::npos);
    BOOST_TEST(found[1] == "AuthorizationFailure: no upload");
    report.next_request = 12s;
    BOOST_TEST(
        report.problems()[1] == "AuthorizationFailure: no upload; it is tried again in 12.0s"
    );
    report.next_request = 0s;
    BOOST_TEST(report.problems()[1].ends_with("; it is tried again now"));
    BOOST_TEST(found[5] == "web: its folder is being opened: /srv/web");
    auto text = report.to_text();
    report.transport_reason = "unknown_yet";
    auto said = report.to_text();
    BOOST_TEST(said.find("messages (the service has not been asked yet)") != std::string::npos);
    BOOST_TEST(report.to_json().find("\"healthy\":false") != std::string::npos);
    BOOST_TEST(text.find("TROUBLE AuthorizationFailure: no upload") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_no_files_while_it_stops) {
    auto report = with_watches({false});
    report.stopping = true;
    BOOST_TEST(!report.takes_files());
    BOOST_TEST(report.one_line().starts_with("stopping; "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_large_is_said_for_that_file) {
    auto report = with_watches({false});
    report.watches.front().name = "web";
    report.watches.front().notices = {{"too_large_to_post", 1, "a.csv", "413; do this"}};
    auto wrong = report.problems();
    BOOST_REQUIRE(wrong.size() == 1u);
    BOOST_TEST(wrong.front() == "web: 1 file cannot be posted, first a.csv: 413; do this");
    BOOST_TEST(report.one_line().find("HOLDING") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_fleet_table_that_gets_no_rows_is_a_problem) {
    auto report = with_watches({false});
    report.fleet_trouble = "Ops.Fleet: it does not exist; run the commands.";
    BOOST_TEST(report.problems().size() == 1u);
    BOOST_TEST(report.one_line().starts_with(
        "FLEET TABLE: Ops.Fleet: it does not exist; run the commands; 1 watch, "
    ));
    BOOST_TEST(report.to_json().find("\"fleet_trouble\":\"Ops.Fleet") != std::string::npos);
    BOOST_TEST(
        report.to_text().find("TROUBLE the fleet table is not reported to: Ops") !=
        std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(of_several_clusters_each_is_named) {
    auto report = with_watches({true, false});
    BOOST_TEST(report.one_line().starts_with("2 watches, 0 pending"));
    for (auto* name : {"west", "east", "north"}) {
        report.clusters.emplace_back().cluster = name;
    }
    report.watches.front().name = "web";
    report.watches.front().cluster = "west";
    BOOST_TEST(report.one_line().starts_with("2 watches at west, east and north, 0 pending"));
    BOOST_TEST(report.problems().front().starts_with("web at west: too little space"));
}

BOOST_AUTO_TEST_CASE(a_failover_says_when_its_own_cluster_was_last_tried) {
    auto report = with_watches({false});
    auto& failover = report.watches.front().delivery.failover.emplace();
    failover.to = "east";
    failover.since = wall_time{};
    BOOST_TEST(report.to_json().find("\"tried\":null") != std::string::npos);
    BOOST_TEST(report.to_text().find("last tried") == std::string::npos);
    failover.tried = wall_time{} + std::chrono::seconds(90);
    BOOST_TEST(
        report.to_text().find("its own last tried 1970-01-01T00:01:30") != std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(a_full_stop_goes_where_something_follows) {
    auto report = with_watches({});
    report.trouble = failure{service_code("Busy"), remedy::retry, "Come back later."};
    report.next_request = 12s;
    BOOST_TEST(report.problems().front() == "Busy: Come back later; it is tried again in 12.0s");
}

BOOST_AUTO_TEST_SUITE_END()
