#include "daemon/terminal/status_screen.hpp"

#include "daemon/admin/status_report.hpp"
#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop;
using daemon::columns_of;
using daemon::screen_line;
using daemon::status_report;

namespace {

struct screen_world {
    screen_world() {
        report.version = "1.2.3";
        report.endpoint = "https://ingest-x.kusto.windows.net";
        report.started_at = clock.wall_now() - 2h;
        report.now = clock.wall_now();
        add("web");
    }

    void add(const std::string& name) {
        auto& watch = report.watches.emplace_back();
        watch.name = name;
        watch.path = "/srv/drop/" + name;
        watch.target = "Logs.Web";
        watch.mode = "inotify";
        watch.present = true;
    }

    std::vector<screen_line> lines(daemon::terminal_size size = {120, 40}) {
        return screen.show(report.to_json(), clock.now(), size);
    }

    std::string text(daemon::terminal_size size = {120, 40}) {
        std::string out;
        for (auto& line : lines(size)) out += line.text + "\n";
        return out;
    }

    void pass(duration time) {
        clock.advance(time);
        report.now = clock.wall_now();
    }

    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    test::manual_clock clock;
    status_report report;
    daemon::status_screen screen;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(status_screen_, screen_world)

BOOST_AUTO_TEST_CASE(says_that_files_go_to_another_cluster) {
    auto& failover = report.watches.front().delivery.failover.emplace();
    failover.to = "east";
    BOOST_TEST(!has(text(), "FAILOVER"));
    failover.since = report.now;
    BOOST_TEST(has(text(), "web: FAILOVER to east since 2026-08-22"));
}

BOOST_AUTO_TEST_CASE(says_that_a_way_to_send_files_pauses) {
    report.watches.front().delivery.rest_paused = "403: refused";
    report.watches.front().delivery.streaming_paused = "429: too many";
    BOOST_TEST(has(text(), "web: posts by REST pause, files are queued: 403: refused"));
    BOOST_TEST(has(text(), "web: streaming pauses, files are queued: 429: too many"));
}

BOOST_AUTO_TEST_CASE(says_who_answers_and_has_a_row_for_each_watch) {
    add("metrics");
    auto said = text();
    BOOST_TEST(has(said, "kustodrop 1.2.3  up 2h"));
    BOOST_TEST(has(said, "https://ingest-x.kusto.windows.net"));
    BOOST_TEST(has(said, "\nweb "));
    BOOST_TEST(has(said, "\nmetrics "));
}

BOOST_AUTO_TEST_CASE(rates_come_from_what_was_shown_before) {
    BOOST_TEST(has(text(), " -  "));
    report.watches[0].outcomes["succeeded"] = 30;
    report.watches[0].uploaded_bytes = 20480;
    pass(10s);
    auto said = text();
    BOOST_TEST(has(said, "3.0"));
    BOOST_TEST(has(said, "2.0 KiB"));
}

BOOST_AUTO_TEST_CASE(another_daemon_begins_other_rates) {
    report.watches[0].outcomes["succeeded"] = 30;
    text();
    pass(1s);
    report.started_at = report.now;
    report.watches[0].outcomes["succeeded"] = 2;
    BOOST_TEST(!has(text(), "2.0"));
}

BOOST_AUTO_TEST_CASE(nothing_is_wider_or_higher_than_the_terminal) {
    for (int i = 0; i < 100; ++i) add("watch-" + std::to_string(i));
    for (unsigned columns : {20u, 40u, 80u, 200u}) {
        auto shown = lines({columns, 20});
        BOOST_TEST(shown.size() <= 20u);
        for (auto& line : shown) {
            bool in_table = line.how == screen_line::look::heading || line.text.starts_with("web");
            if (in_table) BOOST_TEST(columns_of(line.text) <= std::max(columns, 20u));
        }
    }
    BOOST_TEST(has(text({80, 20}), "more watches"));
}

BOOST_AUTO_TEST_CASE(long_names_leave_room_for_the_figures) {
    add("a-very-long-name-of-a-watch-that-fills-the-whole-line-of-a-terminal-1");
    add("a-very-long-name-of-a-watch-that-fills-the-whole-line-of-a-terminal-2");
    auto said = text({80, 20});
    BOOST_TEST(has(said, "PENDING"));
    BOOST_TEST(has(said, "…of-a-terminal-1"));
    BOOST_TEST(has(said, "…of-a-terminal-2"));
}

BOOST_AUTO_TEST_CASE(the_next_attempt_and_a_wrong_clock_are_named) {
    report.watches[0].delivery.next_attempt = 40s;
    report.clock_skew = -24h;
    auto said = text();
    BOOST_TEST(has(said, "web: next attempt in 40.0s"));
    BOOST_TEST(has(said, "clock differs by"));
}

BOOST_AUTO_TEST_CASE(the_least_wanted_columns_go_first) {
    BOOST_TEST(has(text({140, 20}), "LAST OUTCOME"));
    BOOST_TEST(!has(text({60, 20}), "LAST OUTCOME"));
    BOOST_TEST(has(text({30, 20}), "PENDING"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    report.trouble = failure{service_code("unreachable"), remedy::retry, "no answer"};
    report.watches[0].present = false;
    auto shown = lines();
    auto is_trouble = [](auto& line) { return line.how == screen_line::look::trouble; };
    BOOST_TEST(std::count_if(shown.begin(), shown.end(), is_trouble) == 2);
    auto said = text();
    BOOST_TEST(has(said, "unreachable: no answer"));
    BOOST_TEST(has(said, "web: its folder is being opened: /srv/drop/web"));
}

BOOST_AUTO_TEST_CASE(while_no_daemon_answers_it_says_so_and_since_when) {
    failure why{errc::no_daemon, remedy::retry, "no daemon listens at /run/x"};
    auto said = screen.absent(why, clock.now(), {});
    BOOST_TEST(said.size() == 3u);
    BOOST_TEST(said[1].text == "no_daemon: no daemon listens at /run/x");
    lines();
    pass(5s);
    said = screen.absent(why, clock.now(), {});
    BOOST_TEST(has(said.back().text, "5.0s ago"));
}

BOOST_AUTO_TEST_CASE(a_long_reason_is_shown_to_its_end_with_what_to_do) {
    report.trouble = failure{
        service_code("AuthorizationFailure"),
        remedy::retry,
        "no upload succeeds: put_blob to https://account.blob.core.windows.net/container/name: "
        "403 AuthorizationFailure"};
    report.trouble->hint = "the SAS is refused: expired, rotated, or a storage firewall";
    auto said = text({80, 30});
    BOOST_TEST(has(said, "firewall\n"));
    for (auto& line : lines({80, 30})) BOOST_TEST(columns_of(line.text) <= 80u);
}

BOOST_AUTO_TEST_CASE(it_says_the_same_as_every_other_surface) {
    report.polling_trouble = failure{service_code("Forbidden"), remedy::retry, "no access"};
    report.watches[0].notices.push_back({"claim_refused", 2, "a.csv", "Permission denied"});
    auto said = text();
    for (auto& problem : report.problems()) BOOST_TEST(has(said, problem));
    BOOST_TEST(has(said, "outcomes cannot be read: Forbidden: no access"));
    BOOST_TEST(has(said, "2 files cannot be claimed"));
}

BOOST_AUTO_TEST_CASE(of_many_watches_those_in_trouble_are_shown) {
    for (int i = 0; i < 200; ++i) add("watch-" + std::to_string(i));
    report.watches.back().paused = "BadRequest_X: no such table";
    BOOST_TEST(has(text({80, 24}), "\nwatch-199 "));
}

BOOST_AUTO_TEST_CASE(many_problems_leave_room_for_the_watches) {
    for (int i = 0; i < 200; ++i) add("absent-" + std::to_string(i));
    for (auto& watch : report.watches) watch.present = false;
    for (unsigned rows : {10u, 24u, 40u}) {
        auto shown = lines({80, rows});
        BOOST_TEST(shown.size() <= rows);
        auto said = text({80, rows});
        BOOST_TEST(has(said, " more problems"));
        BOOST_TEST(has(said, "PENDING"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
